// From answers to markers, the same steps in the same order as Core/Markers: on where the most probable path is on, without smoothing where
// the confidence reaches the threshold; spans closer than the gap joined; overlaps in an exclusive category decided; short spans dropped;
// scene tags where the rest together is long enough; renamed.

import { changesNothing, isUnreliable, smooth } from "./smoothing.js";

const byOrdinal = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// Two letters that .NET does not fold when it ignores case.
const unfolded = new Set(["\u0131", "\u017f"]);

/** A name as Stash and Haven VLM compare names, ignoring case: each letter for itself, so that no name changes its length. */
export function foldCase(name) {
  let folded = "";
  for (const letter of name) {
    folded += unfolded.has(letter) ? letter : foldLetter(letter);
  }
  return folded;
}

function foldLetter(letter) {
  const upper = letter.toUpperCase();
  if (upper.length === letter.length) {
    return upper;
  }
  // Letters that only a word's capitals would split into several, such as Greek ones with an iota below.
  const lower = letter.toLowerCase();
  return lower.length === letter.length ? lower : letter;
}

/**
 * Markers and scene tags of a scene. Keeps what each tag came to, so that moving one tag's slider computes that tag alone (and the
 * category that it shares).
 */
export class MarkerBuilder {
  #table;
  #series = new Map();
  #joined = new Map();
  #smoothing;
  #cuts;

  /**
   * @param table The answers.
   * @param smoothing `smoothing` of the timeline; null = every answer counts as it is.
   * @param cuts `cuts` of the timeline.
   */
  constructor(table, smoothing = null, cuts = []) {
    this.#table = table;
    this.#smoothing = smoothing && !changesNothing(smoothing) ? smoothing : null;
    this.#cuts = cuts;
  }

  /**
   * @param settings In the configuration's order: tag, name, exclusiveCategory or null, threshold, and in ticks maxGap,
   * minMarkerDuration and requiredDuration; smoothing and smoothingStrength.
   * @returns markers in the order of time, then name; sceneTags as pairs of name and ticks, in the order of names.
   */
  build(settings) {
    const spans = [];
    const sceneTags = new Set();
    for (const [tag, stretches] of grouped(this.#exclusive(settings), (s) => s.tag)) {
      const own = settings[tag];
      const series = this.seriesOf(own.tag);
      const kept = stretches.filter((s) => s.end - s.start >= own.minMarkerDuration);
      let total = 0;
      for (const stretch of kept) {
        spans.push({ tag: own.name, start: stretch.start, end: stretch.end, confidence: series.meanConfidence(stretch, this.#joined.get(own.tag).odds) });
        total += stretch.end - stretch.start;
      }
      if (kept.length > 0 && own.requiredDuration > 0 && total >= own.requiredDuration) {
        sceneTags.add(foldCase(own.name));
      }
    }
    return mergeNames(spans, sceneTags);
  }

  seriesOf(tag) {
    let series = this.#series.get(tag);
    if (!series) {
      this.#series.set(tag, (series = this.#table.series(tag)));
    }
    return series;
  }

  #joinedOf(own, index) {
    const known = this.#joined.get(own.tag);
    const same = ["threshold", "maxGap", "smoothing", "smoothingStrength"];
    if (known && known.index === index && same.every((name) => known.own[name] === own[name])) {
      return known.stretches;
    }
    const series = this.seriesOf(own.tag);
    const isSmoothed = this.#smoothing !== null && own.smoothing !== "off";
    const smoothed = isSmoothed ? smooth(series, own.tag, own.threshold, this.#smoothing, this.#cuts, own.smoothingStrength ?? 1) : null;
    const stretches =
      isSmoothed && isUnreliable(this.#smoothing, own.tag)
        ? []
        : series
            .joinedStretches(own.threshold, own.maxGap, smoothed?.path)
            .map((stretch) => ({ tag: index, start: stretch.start, end: stretch.end, confidence: series.meanConfidence(stretch) }));
    this.#joined.set(own.tag, { own: { ...own }, index, stretches, odds: smoothed?.odds });
    return stretches;
  }

  #exclusive(settings) {
    const joined = settings.flatMap((own, index) => this.#joinedOf(own, index));
    const category = (stretch) => {
      const name = settings[stretch.tag].exclusiveCategory ?? null;
      return name === null ? null : foldCase(name);
    };
    return [...grouped(joined, category)].flatMap(([name, stretches]) => (name === null ? stretches : trim(stretches)));
  }
}

/** Gives every moment to the stretch with the highest mean confidence that covers it, of equals to the tag that comes first. */
export function trim(stretches) {
  const taken = [];
  const pieces = [];
  for (const stretch of [...stretches].sort((a, b) => b.confidence - a.confidence || a.tag - b.tag || a.start - b.start)) {
    let from = stretch.start;
    for (const other of taken.filter((t) => t.start < stretch.end && t.end > stretch.start).sort((a, b) => a.start - b.start)) {
      if (other.start > from) {
        pieces.push({ ...stretch, start: from, end: other.start });
      }
      from = Math.max(from, other.end);
    }
    if (from < stretch.end) {
      pieces.push({ ...stretch, start: from });
    }
    taken.push(stretch);
  }
  return pieces;
}

// Several of the model's tags may be one tag of Stash: their spans are one set, those that touch or overlap one span.
function mergeNames(spans, sceneTags) {
  const markers = [];
  const totals = [];
  for (const [key, group] of grouped(spans, (span) => foldCase(span.tag))) {
    const merged = union(group.sort((a, b) => a.start - b.start || a.end - b.end));
    markers.push(...merged);
    if (sceneTags.has(key)) {
      totals.push([merged[0].tag, merged.reduce((sum, span) => sum + span.end - span.start, 0)]);
    }
  }
  markers.sort((a, b) => a.start - b.start || byOrdinal(a.tag, b.tag));
  totals.sort((a, b) => byOrdinal(a[0], b[0]));
  return { markers, sceneTags: totals };
}

function union(ordered) {
  const merged = [];
  let group = [];
  let end = 0;
  for (const span of ordered) {
    if (group.length > 0 && span.start > end) {
      merged.push(one(group, end));
      group = [];
      end = 0;
    }
    group.push(span);
    end = Math.max(end, span.end);
  }
  if (group.length > 0) {
    merged.push(one(group, end));
  }
  return merged.map((span) => ({ ...span, tag: merged[0].tag }));
}

function one(group, end) {
  if (group.length === 1) {
    return group[0];
  }
  let weighted = 0;
  let length = 0;
  for (const span of group) {
    weighted += span.confidence * (span.end - span.start);
    length += span.end - span.start;
  }
  return { tag: group[0].tag, start: group[0].start, end, confidence: weighted / length };
}

function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) {
      group.push(item);
    } else {
      groups.set(key, [item]);
    }
  }
  return groups;
}
