// Lengths of time as the configuration writes them: 500ms, 2s, 3m, 1h, 1d, 5% of the video, 0.

import { ticksPerSecond } from "./series.js";

const units = { d: 86400 * ticksPerSecond, h: 3600 * ticksPerSecond, m: 60 * ticksPerSecond, s: ticksPerSecond, ms: ticksPerSecond / 1000 };

/** Rounds as .NET does: a half goes to the even neighbor. */
export function roundHalfEven(number) {
  const floor = Math.floor(number);
  const rest = number - floor;
  if (rest !== 0.5) {
    return Math.round(number);
  }
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A written length in ticks for a video of `duration` ticks; null = it is not one. */
export function parseDuration(written, duration) {
  const value = written.trim();
  if (value === "0") {
    return 0;
  }
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|%)$/.exec(value);
  if (!match) {
    return null;
  }
  if (match[2] === "%") {
    const share = shareOf(match[1]);
    return share > 1 ? null : share === 0 ? 0 : roundHalfEven(duration * share);
  }
  const ticks = Number(match[1]) * units[match[2]];
  return ticks > units.d * 100_000 ? null : roundHalfEven(ticks);
}

// The point is moved in the text: 7 / 100 as binary numbers is not 0.07.
function shareOf(digits) {
  return Number(`${digits}e-2`);
}

/** A length as it is written, in the largest unit that leaves no fraction. */
export function writeDuration(ticks) {
  if (ticks === 0) {
    return "0s";
  }
  for (const [unit, size] of Object.entries(units)) {
    if (ticks % size === 0) {
      return `${ticks / size}${unit}`;
    }
  }
  return `${Math.round(ticks / units.ms)}ms`;
}
