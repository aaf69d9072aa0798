// What the sliders changed, on top of the settings in force.

import { knobs } from "./adjust.js";
import { foldCase } from "./markers.js";
import { toTicks } from "./series.js";

const names = knobs.map((knob) => knob.name);

/** Settings of a scene's tags while they are tried out. */
export class Edits {
  #base;
  #own;
  #all = {};
  #tags = new Map();

  /**
   * @param base `settings` of the timeline: what is in force.
   * @param own What is kept for this scene alone.
   */
  constructor(base, own) {
    this.#base = base.map((tag) => ({
      tag: tag.tag,
      name: tag.name,
      exclusiveCategory: tag.exclusiveCategory ?? null,
      threshold: tag.threshold,
      maxGap: toTicks(tag.maxGap),
      minMarkerDuration: toTicks(tag.minMarkerDuration),
      requiredDuration: toTicks(tag.requiredDuration),
      smoothing: tag.smoothing,
      smoothingStrength: tag.smoothingStrength,
    }));
    this.#own = own;
  }

  /** The settings with everything that was moved, in the configuration's order. */
  current() {
    return this.#base.map((tag) => {
      const moved = this.#tags.get(tag.tag);
      const changed = { ...tag };
      for (const name of names) {
        changed[name] = moved?.[name]?.value ?? this.#all[name]?.value ?? tag[name];
      }
      return changed;
    });
  }

  /** What all tags have in common; null where they differ. */
  common() {
    const current = this.current();
    const common = {};
    for (const name of names) {
      common[name] = current.length > 0 && current.every((tag) => tag[name] === current[0][name]) ? current[0][name] : null;
    }
    return common;
  }

  setAll(name, value, written) {
    this.#all[name] = { value, written };
    for (const moved of this.#tags.values()) {
      delete moved[name];
    }
  }

  setTag(tag, name, value, written) {
    const moved = this.#tags.get(tag) ?? {};
    moved[name] = { value, written };
    this.#tags.set(tag, moved);
  }

  /** Whether anything differs from what is in force. */
  get isChanged() {
    return this.current().some((tag, i) => names.some((name) => tag[name] !== this.#base[i][name]));
  }

  /** Whether something is kept for this scene alone. */
  get hasOwn() {
    return names.some((name) => this.#own[name] !== undefined) || Object.keys(this.#own.tags ?? {}).length > 0;
  }

  undo() {
    this.#all = {};
    this.#tags.clear();
  }

  /** What is to be kept for this scene: what it had, and what was moved. */
  toOwn() {
    const own = { ...this.#own };
    const tags = new Map(Object.entries(this.#own.tags ?? {}).map(([tag, said]) => [foldCase(tag), { tag, said: { ...said } }]));
    for (const [name, { written }] of Object.entries(this.#all)) {
      own[name] = written;
      tags.forEach(({ said }) => delete said[name]);
    }
    for (const [tag, moved] of this.#tags) {
      const entry = tags.get(foldCase(tag)) ?? { tag, said: {} };
      for (const [name, { written }] of Object.entries(moved)) {
        entry.said[name] = written;
      }
      tags.set(foldCase(tag), entry);
    }
    const kept = [...tags.values()].filter(({ said }) => Object.values(said).some((value) => value !== null && value !== undefined));
    own.tags = Object.fromEntries(kept.map(({ tag, said }) => [tag, said]));
    return own;
  }
}
