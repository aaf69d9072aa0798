// One model server.

import { el, text, attr, show } from "./dom.js";
import { endpointState } from "./names.js";
import { count, latency, ago } from "./format.js";
import { setPaused } from "./controls.js";

export function makeEndpoint(first) {
  const entry = { endpoint: first };
  entry.title = el("span");
  entry.model = el("p", { class: "soft small" });
  entry.chip = el("span", { class: "chip" });
  entry.fill = el("span", { class: "fill" });
  entry.bar = el("div", { class: "progress slots", role: "meter", "aria-label": "Slots in use", "aria-valuemin": "0" }, entry.fill);
  entry.slots = el("p", { class: "numbers" });
  entry.times = el("p", { class: "numbers soft" });
  entry.message = el("p", { class: "message" });
  entry.error = el("p", { class: "soft small" });
  entry.hold = el("button", { type: "button", onclick: () => setPaused(entry.hold, entry.endpoint, entry.endpoint.state !== "paused") });
  entry.node = el(
    "li",
    { class: "card" },
    el("div", { class: "card-head" }, el("h3", {}, entry.title), entry.chip),
    entry.model,
    entry.bar,
    entry.slots,
    entry.times,
    entry.message,
    entry.error,
    el("div", { class: "actions" }, entry.hold),
  );
  return entry;
}

export function updateEndpoint(entry, endpoint) {
  entry.endpoint = endpoint;
  const [word, tone] = endpointState(endpoint);
  const isPaused = endpoint.state === "paused";
  text(entry.title, endpoint.name);
  text(entry.model, `${endpoint.model}${endpoint.isFallback ? " · fallback" : ""}`);
  text(entry.chip, word);
  attr(entry.chip, "data-tone", tone);
  attr(entry.bar, "aria-valuemax", Math.max(endpoint.slots, endpoint.inFlight, 1));
  attr(entry.bar, "aria-valuenow", endpoint.inFlight);
  entry.fill.style.width = `${endpoint.slots > 0 ? Math.min(100, (100 * endpoint.inFlight) / endpoint.slots) : 0}%`;
  const waiting = endpoint.waiting > 0 ? ` · ${count(endpoint.waiting)} waiting` : "";
  text(entry.slots, `${count(endpoint.inFlight)} of ${count(endpoint.slots)} slots in use${endpoint.isAdaptive ? " (adapting)" : ""}${waiting}`);
  text(entry.times, timesOf(endpoint));
  const message = endpoint.message || (endpoint.hints ?? []).join(" · ");
  text(entry.message, message);
  show(entry.message, message !== "");
  const error = endpoint.lastError && endpoint.state === "healthy" ? `Last error ${ago(endpoint.lastErrorAt)}: ${endpoint.lastError}` : "";
  text(entry.error, error);
  show(entry.error, error !== "");
  text(entry.hold, isPaused ? "Use it again" : "Pause");
  attr(entry.hold, "aria-label", isPaused ? `Use ${endpoint.name} again` : `Pause ${endpoint.name}`);
}

function timesOf(endpoint) {
  const parts = [];
  if (typeof endpoint.latencyP50 === "number") {
    parts.push(`${latency(endpoint.latencyP50)} usual`);
  }
  if (typeof endpoint.latencyP95 === "number") {
    parts.push(`${latency(endpoint.latencyP95)} slow`);
  }
  parts.push(`${count(endpoint.requests)} requests`, `${count(endpoint.errors)} without an answer`);
  const tokens = endpoint.tokens ?? {};
  for (const [name, word] of [["in", "tokens in"], ["cached", "cached"], ["out", "tokens out"]]) {
    if (typeof tokens[name] === "number") {
      parts.push(`${count(Math.round(tokens[name]))} ${word}`);
    }
  }
  return parts.join(" · ");
}
