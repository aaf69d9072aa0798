// One tag of a scene: its curve, its markers, its sliders.

import { el, text, attr, show } from "./dom.js";
import { Adjust } from "./adjust.js";
import { drawTag } from "./chart.js";
import { clock, span, plural } from "./format.js";
import { toSeconds } from "./series.js";

export class TagRow {
  /** `onTime(seconds)` when a place in the curve was chosen, `onChange(tag, name, value, written)` when a slider moved. */
  constructor(settings, index, series, duration, { onTime, onChange }) {
    this.series = series;
    this.settings = settings;
    this.markers = [];
    this.isVisible = false;
    this.name = el("h3", {}, settings.tag);
    this.renamed = el("span", { class: "soft small" }, settings.name === settings.tag ? "" : `as ${settings.name}`);
    this.category = el("span", { class: "chip", "data-tone": "still" }, settings.exclusiveCategory ? `one of ${settings.exclusiveCategory}` : "");
    show(this.category, settings.exclusiveCategory !== null);
    this.summary = el("p", { class: "numbers" });
    this.canvas = el("canvas", { role: "img" });
    this.plot = el("div", { class: "plot", onpointerdown: (event) => onTime(this.#fraction(event)), onpointermove: (event) => event.buttons === 1 && onTime(this.#fraction(event)) }, this.canvas);
    this.details = el("details", { class: "more", ontoggle: () => this.#open() }, el("summary", { "aria-label": `Adjust ${settings.tag}` }, "Adjust"));
    this.makeAdjust = () => new Adjust(`tag-${index}`, settings.tag, duration, (name, value, written) => onChange(settings.tag, name, value, written));
    this.node = el(
      "li",
      { class: "tag", "data-tag": settings.tag },
      el("div", { class: "tag-head" }, this.name, this.renamed, this.category, this.summary),
      this.plot,
      this.details,
    );
  }

  /** Takes new settings and the markers that come of them; true = it must be drawn. */
  set(settings, markers, isSceneTag, total) {
    const changed = settings.threshold !== this.settings.threshold || !sameSpans(markers, this.markers);
    this.settings = settings;
    this.markers = markers;
    this.adjust?.set(settings);
    const parts = [markers.length > 0 ? `${plural(markers.length, "marker")}, ${span(toSeconds(total))}` : "no marker"];
    if (isSceneTag) {
      parts.push("tags the scene");
    }
    text(this.summary, parts.join(" · "));
    attr(this.canvas, "aria-label", this.#describe());
    return changed;
  }

  draw(window, palette) {
    drawTag(this.canvas, { series: this.series, threshold: this.settings.threshold, markers: this.markers, window, palette });
  }

  /** Gives the picture's memory back while nobody sees it. */
  forget() {
    this.canvas.width = 0;
    this.canvas.height = 0;
  }

  #open() {
    if (this.details.open && !this.adjust) {
      this.adjust = this.makeAdjust();
      this.adjust.set(this.settings);
      this.details.append(this.adjust.node);
    }
  }

  #fraction(event) {
    const box = this.canvas.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
  }

  #describe() {
    const spans = this.markers.slice(0, 5).map((m) => `${clock(toSeconds(m.start))} to ${clock(toSeconds(m.end))}`);
    const rest = this.markers.length > 5 ? ` and ${this.markers.length - 5} more` : "";
    const confidence = `highest confidence ${this.series.highest.toFixed(2)}, threshold ${this.settings.threshold.toFixed(2)}`;
    return `${this.settings.tag}: ${spans.length > 0 ? `markers ${spans.join(", ")}${rest}` : "no marker"}; ${confidence}`;
  }
}

const sameSpans = (a, b) => a.length === b.length && a.every((span, i) => span.start === b[i].start && span.end === b[i].end);
