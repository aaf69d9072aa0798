// What has ended: filtered, a page at a time, started again where wanted.

import { el, show, text, keyed, say, toast } from "./dom.js";
import { send } from "./api.js";
import { act, retryAll } from "./controls.js";
import { isScene, isShown, isStashId, newestFirst } from "./names.js";
import { plural } from "./format.js";
import { makeEnded, updateEnded } from "./ended.js";

const pageSize = 50;
const ended = "Completed,Failed,Terminated";

const states = [
  ["All", ended],
  ["Failed", "Failed"],
  ["Done", "Completed"],
  ["Cancelled", "Terminated"],
];

const kinds = [
  ["Everything", ""],
  ["Scenes", "scene-"],
  ["Requests for scenes", "scenes-"],
  ["Requests for images", "images-"],
  ["Collected as incorrect", "incorrect-"],
  ["Marker settings", "marker-settings-"],
  ["Undo", "undo-"],
];

export class HistoryView {
  title = "History";
  #instances = [];
  #continuation = null;
  #loading = null;
  #seen = "";

  constructor(main) {
    this.state = select("state", "Show", states);
    this.kind = select("kind", "Kind", kinds);
    this.scene = el("input", { id: "history-scene", inputmode: "numeric", autocomplete: "off", placeholder: "any", size: "8", maxlength: "20" });
    this.list = el("ul", { class: "rows" });
    this.empty = el("p", { class: "empty" });
    this.more = el("button", { type: "button", onclick: () => this.#more() }, "Show older ones");
    this.fresh = el("button", { type: "button", class: "primary", onclick: () => this.#load() }, "Something has ended since: show it");
    this.retryFailed = el("button", { type: "button", onclick: () => this.#retryFailed() });
    this.count = el("p", { class: "soft" });
    const filter = el(
      "form",
      { class: "filter", onsubmit: (event) => (event.preventDefault(), this.#load()), onchange: () => this.#load() },
      field("state", "Show", this.state),
      field("kind", "Kind", this.kind),
      field("history-scene", "Scene id", this.scene),
    );
    show(this.more, false);
    show(this.fresh, false);
    show(this.retryFailed, false);
    main.append(
      el("header", { class: "hero" }, el("div", {}, el("h1", { tabindex: "-1" }, "History"), this.count), el("div", { class: "actions" }, this.retryFailed)),
      filter,
      this.fresh,
      this.empty,
      this.list,
      el("div", { class: "actions" }, this.more),
    );
    this.#load();
  }

  // A list that is being read does not move by itself: what ended since is offered, not pushed in.
  update(status) {
    const latest = status.recent.map((i) => `${i.instanceId} ${i.lastUpdatedTime}`).join("|");
    if (this.#seen !== "" && latest !== this.#seen) {
      show(this.fresh, true);
    }
    this.#seen = latest;
  }

  leave() {
    this.#loading?.abort();
  }

  async #load() {
    this.#instances = [];
    this.#continuation = null;
    show(this.fresh, false);
    await this.#page();
    say(this.count.textContent);
  }

  async #more() {
    const before = this.#instances.length;
    await act(this.more, () => this.#page());
    // The keyboard goes on where the new ones begin.
    const first = this.list.children[before];
    if (first) {
      first.tabIndex = -1;
      first.focus();
    }
  }

  async #page() {
    this.#loading?.abort();
    const abort = (this.#loading = new AbortController());
    const id = this.scene.value.trim();
    const query = new URLSearchParams({ status: this.state.value, top: String(pageSize) });
    const prefix = isStashId(id) ? `scene-${id}` : this.kind.value;
    if (prefix !== "") {
      query.set("prefix", prefix);
    }
    try {
      const headers = this.#continuation ? { "x-ms-continuation-token": this.#continuation } : {};
      const response = await send(`api/instances?${query}`, { headers, signal: abort.signal });
      const page = await response.json();
      this.#continuation = response.headers.get("x-ms-continuation-token");
      const wanted = isStashId(id) ? page.filter((i) => i.instanceId === `scene-${id}`) : page.filter(isShown);
      this.#instances.push(...wanted);
      this.#draw();
    } catch (e) {
      if (!abort.signal.aborted) {
        toast(e.message, "bad");
      }
    }
  }

  #draw() {
    keyed(this.list, newestFirst(this.#instances), (i) => i.instanceId, makeEnded, updateEnded);
    show(this.more, this.#continuation !== null);
    const some = this.#instances.length;
    text(this.count, some === 0 ? "" : `${plural(some, "entry", "entries")}${this.#continuation ? ", older ones below" : ""}`);
    show(this.empty, some === 0);
    const filtered = this.state.value !== ended || this.kind.value !== "" || this.scene.value.trim() !== "";
    text(this.empty, filtered ? "Nothing in the history fits. Try another filter." : "Nothing has ended yet. What Haven VLM did is listed here, with the reason where it failed.");
    const failed = this.#failed();
    show(this.retryFailed, failed.length > 0);
    text(this.retryFailed, `Retry ${plural(failed.length, "failed scene")}`);
  }

  #failed() {
    return this.#instances.filter((i) => i.runtimeStatus === "Failed" && isScene(i));
  }

  async #retryFailed() {
    await retryAll(this.retryFailed, this.#failed());
    await this.#load();
  }
}

function select(id, label, options) {
  return el("select", { id }, ...options.map(([name, value]) => el("option", { value }, name)));
}

const field = (id, label, control) => el("div", { class: "field" }, el("label", { for: id }, label), control);
