// Numbers and times as people read them.

const integer = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export const count = (n) => integer.format(n ?? 0);

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** Seconds as 1:05 or 2:03:09; with a fraction where `fine`. */
export function clock(seconds, fine = false) {
  const all = Math.max(0, fine ? Math.floor(seconds * 10 + 1e-6) / 10 : Math.floor(seconds));
  const whole = Math.floor(all);
  const two = (n) => String(n).padStart(2, "0");
  const rest = fine ? `.${Math.round((all - whole) * 10)}` : "";
  const minutes = Math.floor(whole / 60);
  return whole >= 3600
    ? `${Math.floor(whole / 3600)}:${two(minutes % 60)}:${two(whole % 60)}${rest}`
    : `${minutes}:${two(whole % 60)}${rest}`;
}

/** A length of time in words: 12 s, 4 min, 2 h 5 min. */
export function span(seconds) {
  if (seconds < 1) {
    return "less than a second";
  }
  if (seconds < 90) {
    return `${Math.round(seconds)} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) {
    return `${minutes} min`;
  }
  if (minutes < 48 * 60) {
    const rest = minutes % 60;
    return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
  }
  return `${Math.round(minutes / 1440)} days`;
}

/** Milliseconds or seconds of a latency. */
export const latency = (seconds) => (seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`);

/** How long ago, from a date as the API writes it. */
export function ago(date) {
  const seconds = Math.max(0, (Date.now() - Date.parse(date)) / 1000);
  return seconds < 5 ? "just now" : `${span(seconds)} ago`;
}

const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** Date and time of the reader's own clock. */
export const when = (date) => moment.format(new Date(date));

export const percent = (share) => `${Math.round(share * 100)} %`;
