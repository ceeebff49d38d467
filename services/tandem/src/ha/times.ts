/** What stands where there is nothing to say. */
export const NOTHING = '-';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;
/** The last moment a date can have, ECMA-262 §21.4.1.1. */
const LAST_MS = 8.64e15;

/** A time as RFC 3339 in UTC; `null` for none, and for one that is no date. */
export function rfc3339(timeMs: number | null): string | null {
  return timeMs === null || Math.abs(timeMs) > LAST_MS ? null : new Date(timeMs).toISOString();
}

/** A time for people. */
export function formatTime(timeMs: number | null): string {
  return rfc3339(timeMs) ?? NOTHING;
}

/** A time for people, with how long ago it was: `2026-03-01T12:00:00.000Z (3m ago)`. */
export function formatTimeAndAge(timeMs: number | null, nowMs: number): string {
  if (timeMs === null || rfc3339(timeMs) === null) return NOTHING;
  const ageMs = nowMs - timeMs;
  const age = ageMs < 0 ? `in ${inLargestUnit(-ageMs)}` : `${inLargestUnit(ageMs)} ago`;
  return `${formatTime(timeMs)} (${age})`;
}

/** A time between two events for people: `31.2s`, `5m3s`, `2d4h`. */
export function formatSpan(spanMs: number): string {
  if (Math.abs(spanMs) < 60_000) return `${(spanMs / 1000).toFixed(1)}s`;
  if (spanMs < 0) return `-${formatSpan(-spanMs)}`;
  const [unit, unitMs, index] = largestUnit(spanMs);
  const [smaller, smallerMs] = UNITS[index + 1] ?? ['s', 1000];
  const rest = Math.floor((spanMs % unitMs) / smallerMs);
  return `${Math.floor(spanMs / unitMs)}${unit}${rest === 0 ? '' : `${rest}${smaller}`}`;
}

function inLargestUnit(spanMs: number): string {
  const [unit, unitMs] = largestUnit(spanMs);
  return `${Math.floor(spanMs / unitMs)}${unit}`;
}

function largestUnit(spanMs: number): readonly [unit: string, unitMs: number, index: number] {
  const found = UNITS.findIndex(([, unitMs]) => spanMs >= unitMs);
  const index = found === -1 ? UNITS.length - 1 : found;
  const [unit, unitMs] = UNITS[index] ?? ['s', 1000];
  return [unit, unitMs, index];
}
