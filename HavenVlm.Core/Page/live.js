// The status as it changes: server-sent events read by fetch, because EventSource cannot send the key in a header.

import { send, ApiError } from "./api.js";

const patience = 15000;
const longestPause = 15000;
// A stream that something in between ends at once must not be asked for without end.
const shortest = 1000;

/** Calls `onStatus` with every status and `onState` with `live`, `lost` or `stopped`. */
export class LiveStatus {
  #onStatus;
  #onState;
  #abort = null;
  #wake = null;
  #running = false;

  constructor(onStatus, onState) {
    this.#onStatus = onStatus;
    this.#onState = onState;
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    addEventListener("online", () => this.tryNow());
  }

  start() {
    if (!this.#running) {
      this.#running = true;
      this.#run();
    }
  }

  stop() {
    this.#running = false;
    this.#abort?.abort();
    this.#wake?.();
    this.#onState("stopped");
  }

  /** Does not wait for the next try. */
  tryNow() {
    this.#wake?.();
  }

  // A page that nobody sees costs the service nothing; when it is seen again it is fresh at once.
  #visibilityChanged() {
    if (document.visibilityState === "hidden") {
      this.#abort?.abort();
    } else {
      this.#wake?.();
    }
  }

  async #run() {
    let failures = 0;
    while (this.#running) {
      if (document.visibilityState === "hidden") {
        await this.#pause(longestPause * 4);
        continue;
      }
      const begun = performance.now();
      try {
        await this.#stream(() => (failures = 0));
        if (performance.now() - begun < shortest) {
          await this.#pause(shortest);
        }
        continue;
      } catch (e) {
        if (!this.#running || (e instanceof ApiError && e.status === 401)) {
          this.#running = false;
          return;
        }
        if (document.visibilityState === "hidden") {
          continue;
        }
        failures++;
        const wait = Math.min(longestPause, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
        this.#onState("lost", { reason: e instanceof ApiError ? e.message : "The connection broke.", wait });
        await this.#pause(wait);
      }
    }
  }

  async #pause(milliseconds) {
    let timer;
    await new Promise((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
    this.#wake = null;
  }

  // Ends when the service ends the stream, which it does every minute; throws when it broke.
  async #stream(onAlive) {
    const abort = (this.#abort = new AbortController());
    let watchdog;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), patience);
    };
    alive();
    try {
      const response = await send("api/events", { signal: abort.signal, headers: { accept: "text/event-stream" } });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new EventParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          return;
        }
        alive();
        for (const event of parser.feed(value)) {
          if (event.name === "status") {
            onAlive();
            this.#onState("live");
            this.#onStatus(JSON.parse(event.data));
          }
        }
      }
    } finally {
      clearTimeout(watchdog);
    }
  }
}

// A status has some ten thousand characters. What never ends is no event stream, whoever sends it.
const longestEvent = 4 << 20;

/** The lines of an event stream, however they are cut into pieces. */
export class EventParser {
  #rest = "";
  #name = "";
  #data = [];
  #length = 0;

  /** Throws when an event does not end. */
  *feed(piece) {
    const lines = (this.#rest + piece).split(/\r?\n/);
    this.#rest = lines.pop();
    this.#length += piece.length;
    if (this.#length > longestEvent && !lines.includes("")) {
      throw new RangeError("The event stream does not end an event.");
    }
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length > 0) {
          yield { name: this.#name || "message", data: this.#data.join("\n") };
        }
        this.#name = "";
        this.#data = [];
        this.#length = this.#rest.length;
      } else if (line.startsWith("event:")) {
        this.#name = line.slice(6).trim();
      } else if (line.startsWith("data:")) {
        this.#data.push(line.slice(5).replace(/^ /, ""));
      }
    }
  }
}
