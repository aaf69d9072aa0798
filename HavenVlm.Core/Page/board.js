// The answers of a scene on one time axis, with sliders that make other markers of them at once. Nothing here asks the model.

import { el, text, attr, show } from "./dom.js";
import { Adjust } from "./adjust.js";
import { AnswerTable, toTicks } from "./series.js";
import { MarkerBuilder, foldCase } from "./markers.js";
import { Edits } from "./edits.js";
import { Pictures } from "./pictures.js";
import { Strip } from "./strip.js";
import { TagRow } from "./tag-row.js";
import { MarkerList } from "./marker-list.js";
import { paletteOf } from "./chart.js";
import { clock, plural } from "./format.js";

const deepestZoom = 64;
const restBeforeTable = 120;

export class SceneBoard {
  #dirty = new Set();
  #frame = 0;
  #theme = matchMedia("(prefers-color-scheme: dark)");
  #onTheme = () => this.#recolor();

  constructor(id, timeline, own, { save }) {
    this.duration = timeline.duration;
    this.timeline = timeline;
    this.window = { from: 0, to: this.duration };
    this.time = 0;
    this.edits = new Edits(timeline.settings, own);
    this.save = save;
    const answers = timeline.answers ?? [];
    this.table = new AnswerTable(answers, toTicks(timeline.frameInterval), toTicks(this.duration), timeline.settings.map((tag) => tag.tag));
    this.builder = new MarkerBuilder(this.table, timeline.smoothing ?? null, timeline.cuts ?? []);
    this.pictures = new Pictures(id, (reason) => this.strip.tellBroken(reason));
    this.strip = new Strip(this.pictures, answers.map((answer) => answer.t), this.duration, (seconds) => this.setTime(seconds));
    this.#makeRows(timeline.settings);
    this.#makeAll();
    this.list = new MarkerList((seconds) => this.setTime(seconds, true));
    this.count = el("span", { class: "count" });
    this.#makeSaveBar();
    this.node = el(
      "div",
      {},
      el("section", { class: "card axis", "aria-labelledby": "pictures-title" }, head("pictures-title", "Pictures", this.#makeZoom()), this.strip.node),
      this.allCard,
      el("section", { "aria-labelledby": "tags-title" }, head("tags-title", "Tags", legend()), this.noneSeen, this.seenList, this.unseenDetails),
      el("section", { class: "card", "aria-labelledby": "markers-title" }, head("markers-title", "Markers", this.count), this.list.node),
      this.bar,
    );
    this.resize = new ResizeObserver(() => this.#redraw());
    this.watch = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: "300px" });
    this.#theme.addEventListener("change", this.#onTheme);
  }

  /** Begins to draw, once the board is in the page. */
  start(time) {
    this.palette = paletteOf(this.node);
    this.resize.observe(this.seenList);
    this.rows.forEach((row) => this.watch.observe(row.node));
    this.strip.setWindow(this.window);
    this.#compute();
    this.setTime(time);
  }

  get isChanged() {
    return this.edits.isChanged;
  }

  close() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.tableTimer);
    this.resize.disconnect();
    this.watch.disconnect();
    this.#theme.removeEventListener("change", this.#onTheme);
    this.strip.close();
    this.pictures.close();
  }

  /** Goes to a time, in seconds; `isFar` brings it into what is shown. */
  setTime(seconds, isFar = false) {
    this.time = Math.min(this.duration, Math.max(0, seconds));
    if (isFar && (this.time < this.window.from || this.time > this.window.to)) {
      this.#zoomTo(this.window.to - this.window.from);
    }
    this.strip.setTime(this.time, this.#seenAt(this.time));
    this.#placeCursor();
  }

  #makeRows(settings) {
    const handlers = {
      onTime: (fraction) => this.setTime(this.window.from + fraction * (this.window.to - this.window.from)),
      onChange: (tag, name, value, written) => {
        this.edits.setTag(tag, name, value, written);
        this.#compute();
      },
    };
    const current = this.edits.current();
    this.rows = current.map((tag, index) => new TagRow(tag, index, this.builder.seriesOf(tag.tag), toTicks(this.duration), handlers));
    this.byNode = new Map(this.rows.map((row) => [row.node, row]));
    const seen = this.rows.filter((row) => row.series.anySeen);
    const unseen = this.rows.filter((row) => !row.series.anySeen);
    this.seenList = el("ul", { class: "tags" }, ...seen.map((row) => row.node));
    this.unseenDetails = el(
      "details",
      { class: "card unseen-tags" },
      el("summary", {}, `${plural(unseen.length, "tag")} never seen`),
      el("ul", { class: "tags" }, ...unseen.map((row) => row.node)),
    );
    show(this.unseenDetails, unseen.length > 0);
    this.noneSeen = el("p", { class: "empty" }, settings.length === 0 ? "No tags were requested." : "The model saw none of the tags in this scene.");
    show(this.noneSeen, seen.length === 0);
  }

  #makeAll() {
    this.all = new Adjust("all", "all tags", toTicks(this.duration), (name, value, written) => {
      this.edits.setAll(name, value, written);
      this.#compute();
    });
    this.allCard = el(
      "section",
      { class: "card", "aria-labelledby": "all-title" },
      head("all-title", "All tags at once"),
      el("p", { class: "soft" }, "Sliders recompute markers from saved answers, at no cost. Each tag has its own sliders below."),
      this.all.node,
    );
  }

  #makeSaveBar() {
    this.outcome = el("p", { class: "outcome" });
    this.saveButton = el("button", { type: "button", class: "primary", onclick: () => this.isChanged && this.save(this.saveButton, this.edits.toOwn()) }, "Save to scene");
    this.undoButton = el("button", { type: "button", class: "quiet", onclick: () => this.#undo() }, "Undo changes");
    this.clearButton = el("button", { type: "button", class: "quiet", onclick: () => this.save(this.clearButton, {}) }, "Back to the configuration");
    this.bar = el(
      "section",
      { class: "save-bar", "aria-label": "What to do with these settings" },
      this.outcome,
      el("div", { class: "actions" }, this.saveButton, this.undoButton, this.clearButton),
    );
  }

  #makeZoom() {
    const button = (label, sign, zoom) => el("button", { type: "button", class: "quiet", "aria-label": label, title: label, onclick: zoom }, sign);
    this.range = el("span", { class: "soft small" });
    const half = () => (this.window.to - this.window.from) / 2;
    return el(
      "div",
      { class: "actions" },
      this.range,
      button("Zoom in", "+", () => this.#zoomTo(half())),
      button("Zoom out", "−", () => this.#zoomTo(half() * 4)),
      button("Show the whole scene", "Whole", () => this.#zoomTo(this.duration)),
    );
  }

  #zoomTo(length) {
    const shown = Math.min(this.duration, Math.max(this.duration / deepestZoom, length));
    const from = Math.min(this.duration - shown, Math.max(0, this.time - shown / 2));
    this.window = { from, to: from + shown };
    this.strip.setWindow(this.window);
    this.#placeCursor();
    this.#redraw();
  }

  #placeCursor() {
    const share = (this.time - this.window.from) / Math.max(1e-9, this.window.to - this.window.from);
    this.node.style.setProperty("--cursor", `${(100 * share).toFixed(3)}%`);
    this.node.classList.toggle("no-cursor", share < 0 || share > 1);
    text(this.range, shownRange(this.window, this.duration));
  }

  // What the answer at a time says: tags with their confidence, the likeliest first, and what is not known.
  #seenAt(seconds) {
    const answer = this.#answerAt(seconds);
    if (!answer?.tags) {
      return { tags: [], note: answer ? `unanswered: ${answer.unanswered ?? "no reason was kept"}` : "no answer yet" };
    }
    const tags = Object.entries(answer.tags).filter(([, confidence]) => confidence > 0).sort((x, y) => y[1] - x[1]);
    const unknown = answer.unknown?.length > 0 ? `${plural(answer.unknown.length, "tag")} unanswered` : "";
    return { tags, note: tags.length === 0 ? `none of the tags${unknown && `, ${unknown}`}` : unknown };
  }

  #answerAt(seconds) {
    const answers = this.table.answers;
    if (answers.length === 0 || this.rows.length === 0) {
      return null;
    }
    return answers[this.rows[0].series.indexAt(toTicks(seconds))];
  }

  // New markers from the log, and only what changed is drawn.
  #compute() {
    const settings = this.edits.current();
    const result = this.builder.build(settings);
    this.result = result;
    const byName = groupByName(result.markers);
    const sceneTags = new Map(result.sceneTags.map(([name, ticks]) => [foldCase(name), ticks]));
    this.rows.forEach((row, i) => {
      const name = foldCase(settings[i].name);
      const markers = byName.get(name) ?? [];
      const total = markers.reduce((sum, m) => sum + m.end - m.start, 0);
      if (row.set(settings[i], markers, sceneTags.has(name), total)) {
        this.#dirty.add(row);
      }
    });
    this.all.set(this.edits.common());
    this.#tell(result);
    this.#schedule();
    clearTimeout(this.tableTimer);
    this.tableTimer = setTimeout(() => this.list.set(result.markers), this.list.markers ? restBeforeTable : 0);
  }

  #tell(result) {
    const isChanged = this.edits.isChanged;
    const before = this.timeline.markers.length;
    const after = result.markers.length;
    text(this.count, plural(after, "marker"));
    text(
      this.outcome,
      isChanged ? `With these settings: ${plural(after, "marker")}, ${before === after ? "as many as before" : `before ${before}`}` : this.#unchanged(),
    );
    attr(this.bar, "data-changed", isChanged);
    attr(this.saveButton, "aria-disabled", isChanged ? null : "true");
    show(this.undoButton, isChanged);
    show(this.clearButton, this.edits.hasOwn && !isChanged);
    attr(this.node, "data-markers", after);
  }

  #unchanged() {
    return this.edits.hasOwn ? "This scene has its own settings." : "Using the settings from haven.yaml.";
  }

  #undo() {
    this.edits.undo();
    this.#compute();
    this.all.node.querySelector("input").focus();
  }

  #seen(entries) {
    for (const entry of entries) {
      const row = this.byNode.get(entry.target);
      row.isVisible = entry.isIntersecting;
      if (row.isVisible) {
        this.#dirty.add(row);
      } else {
        row.forget();
      }
    }
    this.#schedule();
  }

  #redraw() {
    this.rows.forEach((row) => this.#dirty.add(row));
    this.#schedule();
  }

  #recolor() {
    this.palette = paletteOf(this.node);
    this.#redraw();
  }

  #schedule() {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        for (const row of this.#dirty) {
          if (row.isVisible) {
            row.draw(this.window, this.palette);
          }
        }
        this.#dirty.clear();
      });
    }
  }
}

const head = (id, heading, extra) => el("div", { class: "section-head" }, el("h2", { id }, heading), extra);

function legend() {
  const item = (kind, label) => el("li", {}, el("i", { class: `key-${kind}`, "aria-hidden": "true" }), label);
  return el("ul", { class: "legend" }, item("curve", "confidence"), item("threshold", "threshold"), item("marker", "marker"), item("hole", "unanswered"));
}

function shownRange(window, duration) {
  return window.from === 0 && window.to >= duration ? "the whole scene" : `${clock(window.from)} to ${clock(window.to)}`;
}

function groupByName(markers) {
  const groups = new Map();
  for (const marker of markers) {
    const name = foldCase(marker.tag);
    const group = groups.get(name);
    if (group) {
      group.push(marker);
    } else {
      groups.set(name, [marker]);
    }
  }
  return groups;
}
