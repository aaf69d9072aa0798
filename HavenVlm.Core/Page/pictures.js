// Pictures of a scene: fetched with the key in a header, a few at a time, the last ones kept.

import { send } from "./api.js";

const atOnce = 2;
const kept = 80;
const failuresAllowed = 3;

export class Pictures {
  #scene;
  #known = new Map();
  #queue = [];
  #active = 0;
  #failures = 0;
  #ended = false;
  #abort = new AbortController();

  /** `onBroken` receives the reason when pictures cannot be had at all. */
  constructor(scene, onBroken) {
    this.#scene = scene;
    this.onBroken = onBroken;
  }

  /** Address of the picture at a time, or null when there is none. Urgent ones go first; an aborted one is never fetched. */
  get(seconds, { urgent = false, signal } = {}) {
    const at = Math.round(seconds * 1000);
    const found = this.#known.get(at);
    if (found) {
      this.#known.delete(at);
      this.#known.set(at, found);
      return Promise.resolve(found);
    }
    return new Promise((resolve) => {
      const job = { at, resolve, signal };
      if (urgent) {
        this.#queue.unshift(job);
      } else {
        this.#queue.push(job);
      }
      this.#next();
    });
  }

  /** Tries again after pictures could not be had. */
  again() {
    this.#failures = 0;
    this.#next();
  }

  close() {
    this.#ended = true;
    this.#abort.abort();
    this.#queue.splice(0).forEach((job) => job.resolve(null));
    this.#known.forEach((url) => URL.revokeObjectURL(url));
    this.#known.clear();
  }

  #next() {
    while (this.#active < atOnce && this.#queue.length > 0 && !this.#ended && this.#failures < failuresAllowed) {
      const job = this.#queue.shift();
      if (job.signal?.aborted) {
        job.resolve(null);
        continue;
      }
      this.#active++;
      this.#load(job).finally(() => {
        this.#active--;
        this.#next();
      });
    }
  }

  async #load(job) {
    const known = this.#known.get(job.at);
    if (known) {
      job.resolve(known);
      return;
    }
    try {
      const response = await send(`api/scenes/${this.#scene}/frame?t=${job.at / 1000}`, { signal: this.#abort.signal });
      const url = URL.createObjectURL(await response.blob());
      if (this.#ended) {
        URL.revokeObjectURL(url);
        job.resolve(null);
        return;
      }
      this.#failures = 0;
      this.#keep(job.at, url);
      job.resolve(url);
    } catch (e) {
      job.resolve(null);
      // 404: nothing can be decoded there; other pictures may be had all the same.
      if (!this.#ended && e.status !== 404 && ++this.#failures === failuresAllowed) {
        this.#queue.splice(0).forEach((waiting) => waiting.resolve(null));
        this.onBroken(e.message);
      }
    }
  }

  #keep(at, url) {
    this.#known.set(at, url);
    if (this.#known.size > kept) {
      const [oldest, gone] = this.#known.entries().next().value;
      this.#known.delete(oldest);
      URL.revokeObjectURL(gone);
    }
  }
}
