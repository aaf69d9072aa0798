// One scene: what was answered when, and which markers these or other settings make of it.

import { el, text, attr, show, say, toast } from "./dom.js";
import { getJson, post, send } from "./api.js";
import { act } from "./controls.js";
import { sceneIdOf, stateOf, titleOf, outcomeOf } from "./names.js";
import { clock, plural, percent } from "./format.js";
import { SceneBoard } from "./board.js";
import { followUpdate } from "./follow.js";

export class SceneView {
  #left = new AbortController();
  #wasRunning = false;

  constructor(main, id) {
    this.id = id;
    this.title = `Scene ${id}`;
    this.main = main;
    this.heading = el("h1", { tabindex: "-1" }, this.title);
    this.facts = el("p", { class: "soft lead" });
    this.stash = el("a", { target: "_blank", rel: "noopener noreferrer" }, "Open in Stash");
    show(this.stash, false);
    this.analyze = el("button", { type: "button", onclick: () => this.#analyze() }, "Analyze again");
    this.progress = el("p", { class: "notice wait" });
    show(this.progress, false);
    this.failure = el("section", { class: "notice bad", "aria-labelledby": "failure-title" });
    show(this.failure, false);
    this.body = el("div", { class: "scene" });
    main.append(
      el("header", { class: "hero" }, el("div", {}, this.heading, this.facts), el("div", { class: "actions" }, this.stash, this.analyze)),
      this.progress,
      this.failure,
      this.body,
    );
    this.load();
  }

  /** Loads the answers and shows them; settings that were being tried out are given up. */
  async load() {
    text(this.facts, "Reading the answers…");
    const failed = await this.#findFailure();
    if (this.#left.signal.aborted) {
      return;
    }
    try {
      const [timeline, own] = await Promise.all([
        getJson(`api/scenes/${this.id}/timeline`, { signal: this.#left.signal }),
        getJson(`api/scenes/${this.id}/settings`, { signal: this.#left.signal }),
      ]);
      this.#show(timeline, own);
    } catch (e) {
      if (!this.#left.signal.aborted) {
        this.#fail(e, failed);
      }
    }
  }

  update(status) {
    const base = /^https?:\/\//i.test(status.stash.url) ? status.stash.url.replace(/\/+$/, "") : null;
    attr(this.stash, "href", base && `${base}/scenes/${this.id}`);
    show(this.stash, base !== null);
    const run = status.running.find((instance) => sceneIdOf(instance) === this.id);
    show(this.progress, run !== undefined);
    if (run) {
      this.#wasRunning = true;
      show(this.failure, false);
      const done = run.customStatus?.framesTotal > 0 ? `, ${Math.round(run.customStatus.percent)} %` : "";
      text(this.progress, `${stateOf(run)}${done}. ${run.customStatus?.message ?? ""}`);
      if (this.board === undefined && titleOf(run) !== this.heading.textContent) {
        text(this.heading, titleOf(run));
      }
    } else if (this.#wasRunning) {
      this.#wasRunning = false;
      if (this.board?.isChanged) {
        toast("The scene has been analyzed again. Reload the page to see it; your trial settings are kept until then.");
      } else {
        this.load();
      }
    }
  }

  leave() {
    this.#left.abort();
    this.board?.close();
  }

  #show(timeline, own) {
    const time = this.board?.time ?? timeline.markers[0]?.start ?? 0;
    this.board?.close();
    text(this.heading, timeline.video || this.title);
    document.title = `${timeline.video || this.title} · Haven VLM`;
    text(this.facts, factsOf(this.id, timeline));
    text(this.analyze, "Analyze again");
    this.board = new SceneBoard(this.id, timeline, own, {
      save: (button, settings) => this.#save(button, settings),
    });
    this.body.replaceChildren(this.board.node);
    this.board.start(Math.min(time, timeline.duration));
  }

  async #save(button, settings) {
    const isSaved = await act(button, () => send(`api/scenes/${this.id}/settings`, { method: "PUT", body: settings, signal: this.#left.signal }));
    if (!isSaved) {
      return;
    }
    say("Saved. Stash is being brought in line.");
    await act(button, async () => {
      const outcome = await followUpdate(this.id, this.#left.signal);
      toast(outcome);
    });
    if (!this.#left.signal.aborted) {
      await this.load();
    }
  }

  #analyze() {
    return act(this.analyze, () => post("api/scenes/tag", { sceneIds: [this.id] }), "Started. Only missing answers are requested.");
  }

  // Why the last run of this scene failed; null when it did not.
  async #findFailure() {
    let run = null;
    try {
      run = await getJson(`api/instances/scene-${this.id}`, { signal: this.#left.signal });
    } catch (e) {
      // 404: nothing is known of a run. Whatever else is wrong shows with the answers.
    }
    const failed = run?.runtimeStatus === "Failed" ? run : null;
    show(this.failure, failed !== null);
    if (failed) {
      this.failure.replaceChildren(
        el("h2", { id: "failure-title" }, "The analysis failed"),
        el("p", { class: "outcome" }, outcomeOf(failed)),
        el("p", { class: "soft" }, "Fix the cause, then analyze the scene again: only missing answers are requested. It needs no request tag."),
      );
      text(this.heading, titleOf(failed));
    }
    return failed;
  }

  #fail(e, failed) {
    text(this.facts, "");
    this.board = undefined;
    if (failed && e.status === 404) {
      text(this.facts, `Scene ${this.id}`);
      text(this.analyze, "Analyze again");
      this.body.replaceChildren();
      return;
    }
    const again = el("button", { type: "button", onclick: () => this.load() }, "Try again");
    const isUnknown = e.status === 404;
    text(this.analyze, isUnknown ? "Analyze it" : "Analyze again");
    this.body.replaceChildren(
      el(
        "section",
        { class: "card" },
        el("h2", {}, isUnknown ? "There is nothing to show yet" : "The answers cannot be shown"),
        el(
          "p",
          {},
          isUnknown
            ? `Scene ${this.id} has not been analyzed. Analyze it here, or put the request tag on it in Stash; the curves appear when it is done.`
            : e.message,
        ),
        el("div", { class: "actions" }, again),
      ),
    );
  }
}

function factsOf(id, timeline) {
  const frames = timeline.frames;
  const parts = [`Scene ${id}`, clock(timeline.duration), timeline.model, plural(frames.asked, "frame asked", "frames asked")];
  if (frames.reused > 0) {
    parts.push(`${frames.reused} taken over from a still picture`);
  }
  if (frames.unanswered > 0) {
    parts.push(`${plural(frames.unanswered, "frame")} without an answer (${percent(frames.unanswered / Math.max(1, frames.asked + frames.reused))})`);
  }
  return [...parts, ...(timeline.notes ?? [])].join(" · ");
}
