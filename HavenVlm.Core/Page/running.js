// One running instance: a scene, or a request for many.

import { el, text, attr, show } from "./dom.js";
import { isScene, sceneIdOf, titleOf, subtitleOf, stateOf, toneOf } from "./names.js";
import { count, span, ago } from "./format.js";
import { suspend, resume, cancel } from "./controls.js";

export function makeRunning(first) {
  const entry = { instance: first };
  const id = `running-${first.instanceId}`;
  entry.title = sceneIdOf(first) ? el("a", { href: `#/scene/${sceneIdOf(first)}` }) : el("span");
  entry.subtitle = el("span", { class: "soft small" });
  entry.chip = el("span", { class: "chip" });
  entry.fill = el("span", { class: "fill" });
  entry.bar = el("div", { class: "progress", role: "progressbar", "aria-labelledby": id, "aria-valuemin": "0", "aria-valuemax": "100" }, entry.fill);
  entry.numbers = el("p", { class: "numbers" });
  entry.message = el("p", { class: "message" });
  entry.hold = el("button", {
    type: "button",
    onclick: () => (entry.instance.runtimeStatus === "Suspended" ? resume : suspend)(entry.hold, entry.instance),
  });
  entry.cancel = el("button", { type: "button", class: "quiet", onclick: () => cancel(entry.cancel, entry.instance) }, "Cancel");
  entry.node = el(
    "li",
    { class: "card run" },
    el("div", { class: "card-head" }, el("h3", { id }, entry.title), entry.chip),
    entry.subtitle,
    entry.bar,
    entry.numbers,
    entry.message,
    el("div", { class: "actions" }, entry.hold, entry.cancel),
  );
  return entry;
}

export function updateRunning(entry, instance) {
  entry.instance = instance;
  const progress = instance.customStatus ?? {};
  const name = titleOf(instance);
  text(entry.title, name);
  text(entry.subtitle, subtitleOf(instance));
  text(entry.chip, stateOf(instance));
  attr(entry.chip, "data-tone", toneOf(instance));
  const known = progress.framesTotal > 0 || progress.scenesTotal > 1;
  attr(entry.bar, "aria-valuenow", known ? Math.round(progress.percent ?? 0) : null);
  attr(entry.bar, "aria-valuetext", known ? `${Math.round(progress.percent ?? 0)} %` : "not known yet");
  attr(entry.bar, "data-unknown", !known && instance.runtimeStatus === "Running");
  entry.fill.style.width = `${known ? Math.min(100, progress.percent ?? 0) : 0}%`;
  text(entry.numbers, numbersOf(instance, progress));
  const message = instance.runtimeStatus === "Suspended" ? "Paused. No requests until it is resumed." : (progress.message ?? "");
  text(entry.message, message);
  show(entry.message, message !== "");
  const isHeld = instance.runtimeStatus === "Suspended";
  text(entry.hold, isHeld ? "Go on" : "Pause");
  attr(entry.hold, "aria-label", `${isHeld ? "Go on with" : "Pause"} ${name}`);
  attr(entry.cancel, "aria-label", `Cancel ${name}`);
}

function numbersOf(instance, progress) {
  const parts = [];
  if (!isScene(instance) && progress.scenesTotal > 0) {
    parts.push(`${count(progress.scenesDone)} of ${count(progress.scenesTotal)} scenes`);
  }
  if (progress.framesTotal > 0) {
    parts.push(`${count(progress.framesDone)} of ${count(progress.framesTotal)} ${progress.unit === "images" ? "images" : "frames"}`);
  }
  if (progress.framesPerMinute > 0 && instance.runtimeStatus === "Running" && progress.stage !== "waiting") {
    parts.push(`${count(progress.framesPerMinute)} a minute`);
  }
  if (typeof progress.etaSeconds === "number" && progress.etaSeconds > 0 && instance.runtimeStatus === "Running") {
    parts.push(`about ${span(progress.etaSeconds)} left`);
  }
  return parts.length > 0 ? parts.join(" · ") : `begun ${ago(instance.createdTime)}`;
}
