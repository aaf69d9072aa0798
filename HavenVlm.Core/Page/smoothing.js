// Where a tag is on although the model errs: the same arithmetic as Core/Markers/Smoothing. Costs are whole thousandths of a nat, so that
// both come to the same path; a test compares both on random logs.

import { toSeconds } from "./series.js";

const changeShare = 0.85;
const changeMillinats = 340;
const evidenceShare = 0.5;
const most = 50_000;
const hysteresisMillinats = 2000;
const leastRatio = 3;
const tenths = 10;

// e to the power of minus 2^k thousandths. Products of these are the same to the last bit in every language.
const powers = [
  0.999000499833375,
  0.9980019986673331,
  0.9960079893439915,
  0.9920319148370607,
  0.9841273200552851,
  0.9685065820791976,
  0.9380049995307295,
  0.8798533791446438,
  0.7741419687922484,
  0.5992957878455384,
  0.3591554413294046,
  0.1289926310365194,
  0.016639098861723624,
  0.00027685961093021247,
  7.665124416442863e-08,
  5.875413231954853e-15,
  3.4520480646230175e-29,
];

const rounded = (value) => Math.floor(value + 0.5);

const costOf = (probability) => (probability <= 0 ? most : Math.min(most, rounded(-1000 * Math.log(probability))));

/** The numbers of a tag among those of the timeline. */
export const ratesOf = (parameters, tag) => parameters.tags[tag] ?? parameters.others;

/** Whether the answers do not tell where a tag is. */
export function isUnreliable(parameters, tag) {
  const { miss, imagine } = ratesOf(parameters, tag);
  return !parameters.plain && !((1 - miss) / imagine >= leastRatio);
}

/** Whether the numbers leave every answer as it is. */
export const changesNothing = (parameters) => parameters.plain && !parameters.before;

/** Bin of a confidence; -1 = it says nothing. */
function binOf(kind, confidence) {
  const first = kind === "reported" ? 0 : kind === "logprobs" ? tenths : -1;
  return first < 0 ? -1 : first + Math.min(tenths - 1, Math.max(0, Math.floor(confidence * tenths)));
}

/**
 * The looks of a tag.
 * @param series The tag's series.
 * @param cuts Seconds at which the whole picture changes, in order.
 */
function looksOf(series, threshold, cuts, cutSeconds) {
  const size = series.length;
  const looks = {
    size,
    isPositive: new Array(size),
    says: new Array(size),
    bin: new Array(size),
    exposure: new Float64Array(size),
    since: new Float64Array(size),
  };
  let cut = 0;
  let last = null;
  for (let i = 0; i < size; i++) {
    const seconds = toSeconds(series.starts[i]);
    let crossed = 0;
    for (; cut < cuts.length && cuts[cut] <= seconds; cut++) {
      crossed++;
    }
    const isPositive = series.isSeen(i) && series.confidence[i] >= threshold;
    looks.isPositive[i] = isPositive;
    looks.says[i] = !series.isHole(i) && !series.isReused(i);
    looks.bin[i] = isPositive ? binOf(series.kindAt(i), series.confidence[i]) : -1;
    looks.exposure[i] = i === 0 ? 0 : seconds - toSeconds(series.starts[i - 1]) + crossed * cutSeconds;
    looks.since[i] = last === null ? Infinity : seconds - last;
    last = looks.says[i] ? seconds : last;
  }
  return looks;
}

/** Costs of every step: start, end, stayOn, stayOff, on, off; and of the beginning. */
function costsOf(looks, rates, parameters, strength) {
  const share = rates.on / (rates.on + rates.off);
  const steps = new Array(looks.size);
  for (let i = 0; i < looks.size; i++) {
    const change =
      i === 0
        ? { start: 0, end: 0, stayOn: 0, stayOff: 0 }
        : i > 1 && looks.exposure[i] === looks.exposure[i - 1]
          ? steps[i - 1]
          : changing(rates, share, looks.exposure[i], strength);
    const difference = evidence(looks, i, rates, parameters);
    steps[i] = { ...change, on: Math.max(0, difference), off: Math.max(0, -difference) };
  }
  return { steps, firstOn: costOf(share), firstOff: costOf(1 - share) };
}

function changing(rates, share, seconds, strength) {
  const relaxed = 1 - Math.exp(-(rates.on + rates.off) * seconds);
  const [toOn, toOff] = [share * relaxed, (1 - share) * relaxed];
  const change = (probability) => rounded(strength * (changeShare * costOf(probability) + changeMillinats));
  return { start: change(toOn), end: change(toOff), stayOn: costOf(1 - toOff), stayOff: costOf(1 - toOn) };
}

// How much more a look costs if the tag is on.
function evidence(looks, i, rates, parameters) {
  if (!looks.says[i]) {
    return 0;
  }
  const isPositive = looks.isPositive[i];
  const on = costOf(isPositive ? 1 - rates.miss : rates.miss);
  let off = costOf(isPositive ? rates.imagine : 1 - rates.imagine);
  if (isPositive && looks.bin[i] >= 0 && parameters.bins.length > 0) {
    off += parameters.bins[looks.bin[i]];
  }
  const lasting = parameters.errorSeconds * evidenceShare;
  return rounded((1 - (lasting <= 0 ? 0 : Math.exp(-looks.since[i] / lasting))) * (on - off));
}

/** The cheapest path. Of equal ones it stays as it was, and ends off. */
function cheapest({ steps, firstOn, firstOff }) {
  const size = steps.length;
  const path = new Array(size);
  if (size === 0) {
    return path;
  }
  const onFromOn = new Array(size);
  const offFromOn = new Array(size);
  let on = firstOn + steps[0].on;
  let off = firstOff + steps[0].off;
  for (let i = 1; i < size; i++) {
    const step = steps[i];
    onFromOn[i] = on + step.stayOn <= off + step.start;
    offFromOn[i] = on + step.end < off + step.stayOff;
    [on, off] = [
      (onFromOn[i] ? on + step.stayOn : off + step.start) + step.on,
      (offFromOn[i] ? on + step.end : off + step.stayOff) + step.off,
    ];
  }
  let isOn = on < off;
  for (let i = size - 1; i >= 0; i--) {
    path[i] = isOn;
    isOn = isOn ? onFromOn[i] : offFromOn[i];
  }
  return path;
}

/** Probability of being on at each look, by the same costs. */
function oddsOf({ steps, firstOn, firstOff }) {
  const size = steps.length;
  const odds = new Float64Array(size);
  if (size === 0) {
    return odds;
  }
  const forward = new Float64Array(size);
  forward[0] = share(chance(firstOn + steps[0].on), chance(firstOff + steps[0].off));
  for (let i = 1; i < size; i++) {
    const step = steps[i];
    const [on, off] = [forward[i - 1], 1 - forward[i - 1]];
    forward[i] = share(
      (on * chance(step.stayOn) + off * chance(step.start)) * chance(step.on),
      (on * chance(step.end) + off * chance(step.stayOff)) * chance(step.off),
    );
  }
  let later = 0.5;
  for (let i = size - 1; i >= 0; i--) {
    odds[i] = share(forward[i] * later, (1 - forward[i]) * (1 - later));
    const step = steps[i];
    const [on, off] = [later * chance(step.on), (1 - later) * chance(step.off)];
    later = share(chance(step.stayOn) * on + chance(step.end) * off, chance(step.start) * on + chance(step.stayOff) * off);
  }
  return odds;
}

const share = (on, off) => (on + off > 0 ? on / (on + off) : 0.5);

function chance(cost) {
  let product = 1;
  for (let bit = 0, rest = cost; rest > 0; bit++, rest >>= 1) {
    product *= (rest & 1) === 1 ? powers[bit] : 1;
  }
  return product;
}

/**
 * Where a tag is on, and how probable that is, at each look.
 * @param parameters `smoothing` of the timeline.
 */
export function smooth(series, tag, threshold, parameters, cuts, strength) {
  const looks = looksOf(series, threshold, cuts, parameters.cutSeconds);
  const costs = costsOf(looks, ratesOf(parameters, tag), parameters, strength);
  return { path: pathOf(looks, tag, parameters, strength, costs), odds: oddsOf(costs) };
}

function pathOf(looks, tag, parameters, strength, costs) {
  const path = parameters.plain ? [...looks.isPositive] : cheapest(costs);
  const before = parameters.before;
  if (before) {
    settle(path, pathOf(looks, tag, before, strength, costsOf(looks, ratesOf(before, tag), before, strength)), costs);
  }
  return path;
}

// Where both differ the earlier path stays, unless it costs too much by now.
function settle(path, earlier, costs) {
  for (let from = 0; from < path.length; from++) {
    if (path[from] === earlier[from]) {
      continue;
    }
    let to = from + 1;
    while (to < path.length && path[to] !== earlier[to]) {
      to++;
    }
    const now = partCost(path, costs, from, to);
    invert(path, from, to);
    if (partCost(path, costs, from, to) - now > hysteresisMillinats) {
      invert(path, from, to);
    }
    from = to - 1;
  }
}

function invert(path, from, to) {
  for (let i = from; i < to; i++) {
    path[i] = !path[i];
  }
}

function partCost(path, { steps, firstOn, firstOff }, from, to) {
  let sum = 0;
  for (let i = from; i < Math.min(to + 1, path.length); i++) {
    const step = steps[i];
    sum += path[i] ? step.on : step.off;
    if (i === 0) {
      sum += path[0] ? firstOn : firstOff;
    } else if (path[i]) {
      sum += path[i - 1] ? step.stayOn : step.start;
    } else {
      sum += path[i - 1] ? step.end : step.stayOff;
    }
  }
  return sum;
}
