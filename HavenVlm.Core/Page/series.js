// What one tag's answers say over time. The same arithmetic as Core/Markers, in the same unit: ticks of 100 ns, which are exact as
// numbers up to 28 years. A test compares both on random logs.

export const ticksPerSecond = 10_000_000;

/** Seconds as the API writes them (rounded to milliseconds) in ticks. */
export const toTicks = (seconds) => Math.round(seconds * 1000) * 10_000;

export const toSeconds = (ticks) => ticks / ticksPerSecond;

const seen = 1;
const hole = 2;

/** The planned times and, for every tag, its confidences: columns instead of an object per answer, so that hours stay light. */
export class AnswerTable {
  /**
   * @param answers As the timeline has them: `t` in seconds, `tags` null for an unanswered time, `unknown` for single tags.
   * @param interval Ticks for which the last answer stands at most.
   * @param duration Length of the video in ticks.
   */
  constructor(answers, interval, duration, tags) {
    const first = new Map();
    for (const answer of answers) {
      const time = toTicks(answer.t);
      if (!first.has(time)) {
        first.set(time, answer);
      }
    }
    const ordered = [...first].sort((a, b) => a[0] - b[0]);
    this.answers = ordered.map(([, answer]) => answer);
    this.duration = duration;
    const within = ordered.filter(([time]) => time < duration);
    const size = within.length;
    this.starts = Float64Array.from(within, ([time]) => time);
    this.ends = Float64Array.from(within, ([time], i) => Math.min(i + 1 < ordered.length ? ordered[i + 1][0] : time + interval, duration));
    this.columns = new Map(tags.map((tag) => [tag, { confidence: new Float64Array(size), state: new Uint8Array(size), isReused: new Uint8Array(size) }]));
    this.kinds = within.map(([, answer]) => answer.kind ?? null);
    for (let i = 0; i < size; i++) {
      this.#fill(i, within[i][1]);
    }
  }

  #fill(index, answer) {
    if (!answer.tags) {
      for (const column of this.columns.values()) {
        column.state[index] = hole;
      }
      return;
    }
    if (answer.reused || answer.continued) {
      this.columns.forEach((column) => (column.isReused[index] = 1));
    }
    for (const tag of answer.reusedTags ?? []) {
      const column = this.columns.get(tag);
      if (column) {
        column.isReused[index] = 1;
      }
    }
    for (const [tag, confidence] of Object.entries(answer.tags)) {
      const column = this.columns.get(tag);
      if (column) {
        column.confidence[index] = confidence;
        column.state[index] = seen;
      }
    }
    for (const tag of answer.unknown ?? []) {
      const column = this.columns.get(tag);
      if (column) {
        column.confidence[index] = 0;
        column.state[index] = hole;
      }
    }
  }

  /** The series of one tag. */
  series(tag) {
    return new TagSeries(this, this.columns.get(tag));
  }
}

/** Pieces of one tag in order, without gaps and overlaps. */
export class TagSeries {
  constructor(table, column) {
    this.starts = table.starts;
    this.ends = table.ends;
    this.kinds = table.kinds;
    this.isReusedAt = column.isReused;
    this.confidence = column.confidence;
    this.state = column.state;
  }

  get length() {
    return this.starts.length;
  }

  isHole(index) {
    return this.state[index] === hole;
  }

  isSeen(index) {
    return this.state[index] === seen;
  }

  /** Whether the answer is that of another frame. */
  isReused(index) {
    return this.isReusedAt[index] === 1;
  }

  /** What kind of number the confidence is; null = not known. */
  kindAt(index) {
    return this.kinds[index];
  }

  /** Whether the tag was ever seen. */
  get anySeen() {
    return this.state.includes(seen);
  }

  /** Highest confidence of all. */
  get highest() {
    let highest = 0;
    for (let i = 0; i < this.length; i++) {
      highest = this.state[i] === seen && this.confidence[i] > highest ? this.confidence[i] : highest;
    }
    return highest;
  }

  /** Index of the piece that a time lies in, or of the one before it. */
  indexAt(time) {
    let low = 0;
    let high = this.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= time) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return Math.max(0, low);
  }

  /**
   * Stretches in which the tag is on, those closer than the gap joined.
   * @param path Whether it is on at each look; null = where the threshold is reached.
   */
  joinedStretches(threshold, maxGap, path = null) {
    const stretches = [];
    let open = null;
    for (let i = 0; i < this.length; i++) {
      const isOn = path ? path[i] && this.state[i] !== hole : this.state[i] === seen && this.confidence[i] >= threshold;
      if (!isOn || this.ends[i] <= this.starts[i]) {
        continue;
      }
      if (open && (this.starts[i] === open.end || this.starts[i] - open.end < maxGap)) {
        open.end = this.ends[i];
      } else {
        open = { start: this.starts[i], end: this.ends[i] };
        stretches.push(open);
      }
    }
    return stretches;
  }

  /**
   * Mean over a stretch, weighted by time, of the confidence or of other numbers; holes say nothing and do not count.
   */
  meanConfidence(stretch, values = this.confidence) {
    let weighted = 0;
    let known = 0;
    for (let i = this.indexAt(stretch.start); i < this.length && this.starts[i] < stretch.end; i++) {
      const length = Math.min(this.ends[i], stretch.end) - Math.max(this.starts[i], stretch.start);
      if (this.state[i] !== hole && length > 0) {
        weighted += values[i] * length;
        known += length;
      }
    }
    return known === 0 ? 0 : weighted / known;
  }
}
