// The pictures above the curves, the time that all of them share, and the large picture at that time.

import { el, text, attr, keyed, show } from "./dom.js";
import { clock } from "./format.js";

const narrowest = 104;
const most = 16;
const mostTags = 8;

export class Strip {
  /**
   * @param pictures Where pictures come from.
   * @param times Planned times in seconds: a picture is shown as the model saw it.
   * @param onTime Receives the time that was chosen.
   */
  constructor(pictures, times, duration, onTime) {
    this.pictures = pictures;
    this.times = times;
    this.duration = duration;
    this.list = el("ol", { class: "strip", "aria-label": "Pictures of the scene" });
    this.slider = el("input", {
      type: "range",
      class: "time",
      "aria-label": "Time",
      min: "0",
      max: String(duration),
      step: String(stepOf(duration)),
      value: "0",
      oninput: () => onTime(Number(this.slider.value)),
    });
    this.image = el("img", { class: "large", alt: "" });
    this.broken = el("p", { class: "soft" });
    this.stamp = el("p", { class: "big-time" });
    this.tags = el("ul", { class: "readout" });
    this.note = el("p", { class: "soft" });
    this.again = el("button", { type: "button", class: "quiet", onclick: () => this.#again() }, "Try again");
    show(this.again, false);
    this.node = el(
      "div",
      {},
      this.list,
      this.slider,
      el("div", { class: "at-time" }, el("div", { class: "frame" }, this.image), el("div", {}, this.stamp, this.tags, this.note, this.broken, this.again)),
    );
    this.onTime = onTime;
    this.resize = new ResizeObserver(() => this.#layout());
    this.resize.observe(this.list);
  }

  /** What part of the video is shown, in seconds. */
  setWindow(window) {
    this.window = window;
    attr(this.slider, "min", window.from);
    attr(this.slider, "max", window.to);
    attr(this.slider, "step", stepOf(window.to - window.from));
    this.#layout();
  }

  /** Goes to a time; `seen` is what was answered there. */
  setTime(seconds, seen) {
    if (Number(this.slider.value) !== seconds) {
      this.slider.value = String(seconds);
    }
    const shown = seen.tags.slice(0, mostTags).map(([tag, confidence]) => ({ tag, confidence: confidence.toFixed(2) }));
    const more = seen.tags.length > shown.length ? `and ${seen.tags.length - shown.length} more` : "";
    const note = [more, seen.note].filter((part) => part !== "").join(", ");
    text(this.stamp, clock(seconds, true));
    text(this.note, note);
    keyed(this.tags, shown, (item) => item.tag, makeSeen, (entry, item) => text(entry.confidence, item.confidence));
    attr(this.slider, "aria-valuetext", [clock(seconds, true), ...shown.map((item) => `${item.tag} ${item.confidence}`), note].filter((part) => part !== "").join(", "));
    this.#enlarge(seconds);
  }

  tellBroken(reason) {
    text(this.broken, `Pictures cannot be had: ${reason}`);
    show(this.again, true);
  }

  close() {
    this.resize.disconnect();
    this.abort?.abort();
    clearTimeout(this.waiting);
  }

  #again() {
    text(this.broken, "");
    show(this.again, false);
    this.pictures.again();
    this.cells = null;
    this.#layout();
  }

  #layout() {
    const width = this.list.clientWidth;
    if (!this.window || width === 0) {
      return;
    }
    const cells = Math.min(most, Math.max(3, Math.floor(width / narrowest)));
    const key = `${cells} ${this.window.from} ${this.window.to}`;
    if (key === this.cells) {
      return;
    }
    this.cells = key;
    this.abort?.abort();
    this.abort = new AbortController();
    const signal = this.abort.signal;
    const step = (this.window.to - this.window.from) / cells;
    const wanted = Array.from({ length: cells }, (_, i) => this.#nearest(this.window.from + (i + 0.5) * step));
    keyed(
      this.list,
      wanted.map((seconds, index) => ({ seconds, index })),
      (cell) => `${cell.index}`,
      () => this.#makeCell(),
      (entry, cell) => this.#fill(entry, cell.seconds, signal),
    );
  }

  #makeCell() {
    const entry = { seconds: 0 };
    entry.image = el("img", { alt: "", decoding: "async" });
    entry.time = el("span", { class: "stamp" });
    entry.button = el("button", { type: "button", class: "cell", onclick: () => this.onTime(entry.seconds) }, entry.image, entry.time);
    entry.node = el("li", {}, entry.button);
    return entry;
  }

  async #fill(entry, seconds, signal) {
    entry.seconds = seconds;
    text(entry.time, clock(seconds));
    attr(entry.button, "aria-label", `Go to ${clock(seconds)}`);
    attr(entry.button, "data-state", "loading");
    attr(entry.image, "src", null);
    const url = await this.pictures.get(seconds, { signal });
    if (!signal.aborted && entry.seconds === seconds) {
      attr(entry.image, "src", url);
      attr(entry.button, "data-state", url ? "here" : "none");
    }
  }

  #nearest(seconds) {
    let low = 0;
    let high = this.times.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] < seconds) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const [before, after] = [this.times[Math.max(0, low - 1)], this.times[low]];
    const nearest = Math.abs(before - seconds) <= Math.abs(after - seconds) ? before : after;
    return nearest ?? seconds;
  }

  // Waits until the hand rests: dragging across an hour must not fetch an hour of pictures.
  #enlarge(seconds) {
    clearTimeout(this.waiting);
    this.large?.abort();
    this.waiting = setTimeout(async () => {
      const abort = (this.large = new AbortController());
      const url = await this.pictures.get(this.#nearest(seconds), { urgent: true, signal: abort.signal });
      if (!abort.signal.aborted) {
        attr(this.image, "src", url);
        attr(this.image, "alt", url ? `The picture at ${clock(seconds)}` : "");
      }
    }, 150);
  }
}

function makeSeen(item) {
  const confidence = el("b");
  return { node: el("li", {}, el("bdi", {}, item.tag), " ", confidence), confidence };
}

const stepOf = (length) => (length > 3600 ? 1 : length > 600 ? 0.5 : 0.1);
