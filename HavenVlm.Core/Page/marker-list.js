// The markers as a table.

import { el, text, keyed, show } from "./dom.js";
import { clock, percent, span } from "./format.js";
import { toSeconds } from "./series.js";

const shownAtFirst = 100;

export class MarkerList {
  /** `onTime(seconds)` when a marker was chosen. */
  constructor(onTime) {
    this.onTime = onTime;
    this.body = el("tbody");
    this.all = el("button", { type: "button", onclick: () => this.#showAll() });
    this.empty = el("p", { class: "empty" }, "No markers with these settings. Lower a threshold or the shortest length.");
    this.table = el(
      "table",
      {},
      el("caption", { class: "unseen" }, "Markers that these settings make"),
      el("thead", {}, el("tr", {}, ...["Tag", "From", "To", "Length", "Confidence"].map((name) => el("th", { scope: "col" }, name)))),
      this.body,
    );
    this.node = el("div", {}, this.empty, this.table, this.all);
    this.limit = shownAtFirst;
    [this.empty, this.table, this.all].forEach((part) => show(part, false));
  }

  set(markers) {
    this.markers = markers;
    // By place and not by content: a moved marker keeps its row, and whoever is reading it stays there.
    const rows = markers.slice(0, this.limit).map((marker, index) => ({ marker, index }));
    keyed(this.body, rows, (row) => row.index, () => this.#make(), (entry, row) => fill(entry, row.marker));
    show(this.table, markers.length > 0);
    show(this.empty, markers.length === 0);
    show(this.all, markers.length > this.limit);
    text(this.all, `Show all ${markers.length} markers`);
  }

  #showAll() {
    this.limit = Infinity;
    this.set(this.markers);
  }

  #make() {
    const entry = {};
    entry.start = el("button", { type: "button", class: "time-link", onclick: () => this.onTime(toSeconds(entry.marker.start)) });
    entry.tag = el("th", { scope: "row" });
    entry.end = el("td", { class: "number" });
    entry.length = el("td", { class: "number" });
    entry.confidence = el("td", { class: "number" });
    entry.node = el("tr", {}, entry.tag, el("td", { class: "number" }, entry.start), entry.end, entry.length, entry.confidence);
    return entry;
  }
}

function fill(entry, marker) {
  entry.marker = marker;
  text(entry.tag, marker.tag);
  text(entry.start, clock(toSeconds(marker.start), true));
  text(entry.end, clock(toSeconds(marker.end), true));
  text(entry.length, span(toSeconds(marker.end - marker.start)));
  text(entry.confidence, percent(marker.confidence));
}
