// One instance that has ended, with what came of it.

import { el, text, attr, show, keyed } from "./dom.js";
import { isStashId, sceneIdOf, titleOf, subtitleOf, stateOf, toneOf, outcomeOf, failuresOf } from "./names.js";
import { ago, when } from "./format.js";
import { copyText } from "./copy.js";
import { retry } from "./controls.js";

export function makeEnded(first) {
  const entry = { instance: first };
  entry.title = sceneIdOf(first) ? el("a", { href: `#/scene/${sceneIdOf(first)}` }) : el("span");
  entry.subtitle = el("span", { class: "soft small" });
  entry.chip = el("span", { class: "chip" });
  entry.time = el("time", { class: "soft small" });
  entry.outcome = el("p", { class: "outcome" });
  entry.failures = el("ul", { class: "failures" });
  entry.more = el("details", { class: "more" }, el("summary", {}, "What failed"), entry.failures);
  entry.lines = el("pre", { class: "lines" });
  entry.copy = el("button", { type: "button", class: "quiet", onclick: () => copyText(entry.lines.textContent, "Copied.") }, "Copy");
  entry.result = el("details", { class: "more" }, el("summary"), entry.lines, entry.copy);
  entry.retry = el("button", { type: "button", class: "quiet", onclick: () => retry(entry.retry, entry.instance) }, "Retry");
  entry.node = el(
    "li",
    { class: "row" },
    el("div", { class: "row-main" }, el("h3", {}, entry.title), entry.subtitle, entry.outcome, entry.more, entry.result),
    el("div", { class: "row-side" }, entry.chip, entry.time, entry.retry),
  );
  return entry;
}

export function updateEnded(entry, instance) {
  entry.instance = instance;
  const name = titleOf(instance);
  text(entry.title, name);
  text(entry.subtitle, subtitleOf(instance));
  text(entry.chip, stateOf(instance));
  attr(entry.chip, "data-tone", toneOf(instance));
  text(entry.time, ago(instance.lastUpdatedTime));
  attr(entry.time, "datetime", instance.lastUpdatedTime);
  attr(entry.time, "title", when(instance.lastUpdatedTime));
  text(entry.outcome, outcomeOf(instance));
  show(entry.outcome, entry.outcome.textContent !== "");
  const failures = failuresOf(instance);
  keyed(entry.failures, byReason(failures), (group) => group.reason, makeFailures, updateFailures);
  show(entry.more, failures.length > 0);
  const [label, lines] = resultOf(instance.output);
  text(entry.result.firstChild, label);
  text(entry.lines, lines);
  show(entry.result, lines !== "");
  show(entry.retry, instance.runtimeStatus === "Failed" || instance.runtimeStatus === "Terminated");
  attr(entry.retry, "aria-label", `Retry ${name}`);
}

// What a dry run would write, or settings that were found.
function resultOf(output) {
  if (typeof output?.yaml === "string" && output.yaml !== "") {
    return ["Settings found", output.yaml];
  }
  return Array.isArray(output?.changes) && output.changes.length > 0 ? ["What would be written", output.changes.join("\n")] : ["", ""];
}

// One line for each reason, however many failed for it.
function byReason(failures) {
  const groups = new Map();
  for (const failure of failures) {
    const reason = String(failure.reason ?? "");
    const group = groups.get(reason) ?? { reason, subjects: [] };
    group.subjects.push(failure);
    groups.set(reason, group);
  }
  return [...groups.values()];
}

function makeFailures() {
  const subjects = el("span");
  const reason = el("span");
  return { node: el("li", {}, subjects, ": ", reason), subjects, reason, shown: "" };
}

function updateFailures(entry, group) {
  text(entry.reason, group.reason);
  const shown = group.subjects.map(nameOf).join(", ");
  if (shown !== entry.shown) {
    entry.shown = shown;
    entry.subjects.replaceChildren(...group.subjects.flatMap((failure, index) => (index === 0 ? [subjectOf(failure)] : [", ", subjectOf(failure)])));
  }
}

const nameOf = (failure) => {
  const title = typeof failure.title === "string" && failure.title !== "" ? ` "${failure.title}"` : "";
  return (failure.sceneId ? `Scene ${failure.sceneId}` : failure.imageId ? `Image ${failure.imageId}` : String(failure.subject ?? "")) + title;
};

const subjectOf = (failure) =>
  failure.sceneId && isStashId(String(failure.sceneId)) ? el("a", { href: `#/scene/${failure.sceneId}` }, nameOf(failure)) : el("span", {}, nameOf(failure));
