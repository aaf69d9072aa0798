// What is going on now.

import { el, text, attr, show, keyed } from "./dom.js";
import { post } from "./api.js";
import { act, retryAll } from "./controls.js";
import { isScene, isShown, newestFirst } from "./names.js";
import { count, plural, span, ago, when } from "./format.js";
import { makeRunning, updateRunning } from "./running.js";
import { makeEndpoint, updateEndpoint } from "./endpoints.js";
import { makeEnded, updateEnded } from "./ended.js";

const recentlyShown = 8;

export class NowView {
  title = "Now";

  constructor(main) {
    this.summary = el("h1", { tabindex: "-1" }, "One moment…");
    this.detail = el("p", { class: "soft lead" });
    this.notices = el("div", { class: "notices" });
    this.tagAll = el("button", { type: "button", class: "primary", onclick: () => this.#start(this.tagAll, "api/scenes/tag") });
    this.updateAll = el("button", { type: "button", onclick: () => this.#start(this.updateAll, "api/scenes/update") });
    this.tagImages = el("button", { type: "button", onclick: () => this.#start(this.tagImages, "api/images/tag") });
    this.sweep = el("button", { type: "button", onclick: () => this.#sweep() }, "Check request tags now");
    this.tiles = el("dl", { class: "tiles", "aria-label": "In numbers" });
    this.running = el("ul", { class: "cards" });
    this.requests = el("ul", { class: "cards" });
    this.endpoints = el("ul", { class: "cards" });
    this.ended = el("ul", { class: "rows" });
    this.retryFailed = el("button", { type: "button", class: "quiet", onclick: () => this.#retryFailed() });
    this.runningEmpty = el("p", { class: "empty" });
    this.endpointsEmpty = el(
      "p",
      { class: "empty" },
      "No model server is configured. Run ",
      el("code", {}, "haven init"),
      ", or add one under ",
      el("code", {}, "vlm.endpoints"),
      " in haven.yaml: the file is reloaded automatically.",
    );
    this.endedEmpty = el("p", { class: "empty" }, "Nothing has ended yet.");
    this.requestsSection = section("requests", "Requests", null, this.requests);
    main.append(
      el("header", { class: "hero" }, el("div", {}, this.summary, this.detail), el("div", { class: "actions" }, this.tagAll, this.updateAll, this.tagImages, this.sweep)),
      this.notices,
      this.tiles,
      el(
        "div",
        { class: "columns" },
        el("div", { class: "work" }, section("running", "Running scenes", null, this.runningEmpty, this.running), this.requestsSection),
        section("endpoints", "Model servers", null, this.endpointsEmpty, this.endpoints),
        section("ended", "Ended lately", el("div", { class: "actions" }, this.retryFailed, el("a", { href: "#/history" }, "All of the history")), this.endedEmpty, this.ended),
      ),
    );
  }

  update(status) {
    this.status = status;
    const scenes = status.running.filter(isScene);
    const others = status.running.filter((instance) => !isScene(instance) && isShown(instance));
    this.#summarize(status, scenes, others);
    this.#notice(status);
    this.#buttons(status);
    keyed(this.tiles, tilesOf(status, scenes), (tile) => tile.name, makeTile, updateTile);
    // Those that do something first; in each group the order in which they began, so that nothing jumps.
    const ordered = [...scenes].sort((a, b) => rank(a) - rank(b) || a.createdTime.localeCompare(b.createdTime));
    keyed(this.running, ordered, (i) => i.instanceId, makeRunning, updateRunning);
    show(this.running, scenes.length > 0);
    show(this.runningEmpty, scenes.length === 0);
    text(this.runningEmpty, emptySentence(status));
    keyed(this.requests, others, (i) => i.instanceId, makeRunning, updateRunning);
    show(this.requestsSection, others.length > 0);
    keyed(this.endpoints, status.endpoints, (e) => e.name, makeEndpoint, updateEndpoint);
    show(this.endpoints, status.endpoints.length > 0);
    show(this.endpointsEmpty, status.endpoints.length === 0);
    const ended = newestFirst(status.recent.filter((i) => isShown(i) && i.name !== "Sweep")).slice(0, recentlyShown);
    keyed(this.ended, ended, (i) => i.instanceId, makeEnded, updateEnded);
    show(this.endedEmpty, ended.length === 0);
    this.failed = status.recent.filter((i) => i.runtimeStatus === "Failed" && isScene(i));
    show(this.retryFailed, this.failed.length > 0);
    text(this.retryFailed, `Retry ${plural(this.failed.length, "failed scene")}`);
  }

  #summarize(status, scenes, others) {
    const active = scenes.filter((s) => s.runtimeStatus !== "Suspended");
    const waiting = active.filter((s) => s.customStatus?.stage === "waiting");
    const images = others.filter((i) => i.name === "TagImages" && i.runtimeStatus === "Running");
    const rate = [...active, ...images].reduce((sum, i) => sum + (i.customStatus?.stage === "analyzing" ? (i.customStatus.framesPerMinute ?? 0) : 0), 0);
    const eta = longestEta(others, active);
    let sentence = "Nothing is running";
    if (active.length > 0 && waiting.length === active.length) {
      sentence = `${plural(active.length, "scene")} ${active.length === 1 ? "waits" : "wait"}`;
    } else if (active.length > 0) {
      sentence = `Analyzing ${plural(active.length, "scene")}`;
    } else if (images.length > 0) {
      sentence = "Analyzing images";
    } else if (scenes.length > 0) {
      sentence = `${plural(scenes.length, "scene is", "scenes are")} paused`;
    }
    text(this.summary, sentence);
    const parts = [];
    if (rate > 0) {
      parts.push(`${count(rate)} ${active.length === 0 ? "images" : images.length === 0 ? "frames" : "pictures"} a minute`);
    }
    if (eta !== null) {
      parts.push(`about ${span(eta)} to go`);
    }
    if (waiting.length > 0 && waiting.length < active.length) {
      parts.push(`${count(waiting.length)} of them waiting`);
    }
    text(this.detail, parts.length > 0 ? parts.join(" · ") : quietSentence(status, scenes));
  }

  #notice(status) {
    const notices = [];
    if (status.stash.reachable === false) {
      notices.push({
        id: "stash",
        kind: "bad",
        title: "Stash does not answer",
        detail: `${status.stash.message ?? ""} Check stash.url (${status.stash.url}) and stash.apiKey in haven.yaml; haven doctor tries everything and says what to fix.`,
      });
    }
    const broken = status.endpoints.filter((e) => e.state === "misconfigured");
    for (const endpoint of broken) {
      notices.push({ id: `endpoint ${endpoint.name}`, kind: "bad", title: `Endpoint ${endpoint.name} is misconfigured`, detail: endpoint.message });
    }
    const usable = status.endpoints.filter((e) => e.state === "healthy" || e.state === "halfOpen");
    if (status.endpoints.length > 0 && usable.length === 0 && broken.length < status.endpoints.length) {
      const isHeld = status.endpoints.every((e) => e.state === "paused" || e.state === "misconfigured");
      notices.push({
        id: "none",
        kind: "wait",
        title: "No model server can be used right now",
        detail: isHeld
          ? "Scenes wait until you use a paused one again, below. Nothing is lost meanwhile."
          : "Scenes wait and go on by themselves as soon as one answers. Nothing is lost meanwhile.",
      });
    }
    for (const damage of status.damaged ?? []) {
      notices.push({ id: `damaged ${damage.name}`, kind: "bad", title: "Damaged data was set aside", detail: damage.message });
    }
    if (status.setup && status.setup.tags === 0) {
      notices.push({
        id: "tags",
        kind: "wait",
        title: "No tags configured yet",
        detail: "List them under tags in haven.yaml, or name a parent tag of Stash in tagsFromStash; haven.sample.yaml shows how.",
      });
    }
    keyed(this.notices, notices, (n) => n.id, makeNotice, updateNotice);
  }

  #buttons(status) {
    const backlog = status.backlog;
    const tagMe = backlog?.tagMe ?? "VLM_TagMe";
    const updateMe = backlog?.updateMe ?? "VLM_UpdateMe";
    // What is being analyzed or queued already needs no button.
    const running = status.running.filter(isScene);
    const left = Math.max(0, (backlog?.scenesToTag ?? 0) - running.length - queued(status, running));
    text(this.tagAll, left > 0 ? `Analyze ${plural(left, "scene")} with ${tagMe}` : `Analyze all with ${tagMe}`);
    text(this.updateAll, backlog?.scenesToUpdate > 0 ? `Rebuild ${plural(backlog.scenesToUpdate, "scene")}` : `Rebuild all with ${updateMe}`);
    show(this.updateAll, backlog?.scenesToUpdate > 0);
    text(this.tagImages, imagesButton(backlog));
    show(this.tagImages, backlog?.imagesToTag > 0 || backlog?.galleriesToTag > 0);
  }

  #start(button, path) {
    return act(button, () => post(path, {}), "Started. It appears below within a second.");
  }

  #sweep() {
    return act(this.sweep, () => post("api/sweep"), "Looking for request tags.");
  }

  #retryFailed() {
    return retryAll(this.retryFailed, this.failed);
  }
}

function section(id, heading, extra, ...content) {
  return el(
    "section",
    { "aria-labelledby": `${id}-title`, id: `${id}-section` },
    el("div", { class: "section-head" }, el("h2", { id: `${id}-title` }, heading), extra),
    ...content,
  );
}

function imagesButton(backlog) {
  const parts = [];
  if (backlog?.imagesToTag > 0) {
    parts.push(plural(backlog.imagesToTag, "image"));
  }
  if (backlog?.galleriesToTag > 0) {
    parts.push(plural(backlog.galleriesToTag, "gallery", "galleries"));
  }
  return `Analyze ${parts.join(" and ")}`;
}

function rank(instance) {
  if (instance.runtimeStatus === "Suspended") {
    return 2;
  }
  return instance.runtimeStatus === "Pending" || instance.customStatus?.stage === "waiting" ? 1 : 0;
}

// A request knows about scenes that have not begun, a scene about its own frames: whichever takes longest.
function longestEta(others, scenes) {
  const known = (list) => list.filter((i) => i.runtimeStatus === "Running").map((i) => i.customStatus?.etaSeconds).filter((eta) => typeof eta === "number");
  const etas = [...known(others), ...known(scenes)];
  return etas.length > 0 ? Math.max(...etas) : null;
}

function quietSentence(status, scenes) {
  if (scenes.length > 0) {
    const isWaiting = scenes.some((scene) => scene.customStatus?.stage === "waiting");
    return isWaiting ? "Details below. They resume automatically." : "Getting ready.";
  }
  const backlog = status.backlog;
  if (!backlog) {
    return "Put VLM_TagMe on a scene in Stash and it is analyzed.";
  }
  const total = backlog.scenesToTag + backlog.scenesToUpdate + backlog.imagesToTag + backlog.galleriesToTag;
  return total > 0
    ? "Some scenes or images have a request tag: the next check starts them, or start them now."
    : `Put ${backlog.tagMe} on a scene in Stash and it is analyzed.`;
}

function emptySentence(status) {
  const waiting = status.backlog?.scenesToTag ?? 0;
  return waiting > 0
    ? `No scene is being analyzed. ${plural(waiting, "scene carries", "scenes carry")} ${status.backlog.tagMe}: start them above, or wait for the next look at Stash.`
    : `No scene is being analyzed. In Stash, put the tag ${status.backlog?.tagMe ?? "VLM_TagMe"} on the scenes that you want tagged.`;
}

function tilesOf(status, scenes) {
  const backlog = status.backlog;
  const stash = status.stash;
  const tiles = [
    {
      name: "Asked for in Stash",
      value: backlog ? count(backlog.scenesToTag + backlog.scenesToUpdate) : "–",
      note: backlog ? `scenes, ${ago(backlog.asOf)}` : "not counted yet",
    },
  ];
  if (backlog && (backlog.imagesToTag > 0 || backlog.galleriesToTag > 0)) {
    tiles.push({ name: "Images asked for", value: count(backlog.imagesToTag), note: `and ${plural(backlog.galleriesToTag, "gallery", "galleries")}` });
  }
  tiles.push(
    { name: "Queued", value: count(queued(status, scenes)), note: "scenes of running requests" },
    { name: "Requests out", value: count(status.totals.inFlight), note: `${count(status.totals.requests)} since the start` },
    {
      name: "Without an answer",
      value: count(status.totals.errors),
      note: status.totals.requests > 0 ? `${((100 * status.totals.errors) / status.totals.requests).toFixed(1)} % of requests` : "of requests",
      tone: status.totals.errors > 0 ? "wait" : "",
    },
    {
      name: "Stash",
      value: stash.reachable === null || stash.reachable === undefined ? "–" : stash.reachable ? "Answers" : "Away",
      note: stash.version ? `version ${stash.version}` : "not reached yet",
      tone: stash.reachable === false ? "bad" : "",
    },
    { name: "Haven VLM", value: status.version, note: `since ${when(status.startedAt)}` },
  );
  return tiles;
}

// What running requests still have to begin.
function queued(status, scenes) {
  const open = status.running
    .filter((i) => i.name === "TagScenes")
    .reduce((sum, i) => sum + Math.max(0, (i.customStatus?.scenesTotal ?? 0) - (i.customStatus?.scenesDone ?? 0)), 0);
  return Math.max(0, open - scenes.length);
}

function makeTile(tile) {
  const value = el("dd", { class: "value" });
  const note = el("dd", { class: "soft" });
  return { node: el("div", {}, el("dt", {}, tile.name), value, note), value, note };
}

function updateTile(entry, tile) {
  text(entry.value, tile.value);
  text(entry.note, tile.note);
  attr(entry.node, "data-tone", tile.tone || null);
}

function makeNotice() {
  const title = el("strong");
  const detail = el("span");
  return { node: el("p", { class: "notice", role: "status" }, title, " ", detail), title, detail };
}

function updateNotice(entry, notice) {
  attr(entry.node, "class", `notice ${notice.kind}`);
  text(entry.title, notice.title);
  text(entry.detail, notice.detail);
}
