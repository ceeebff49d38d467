/** Longest wait that is believed, ms. */
const MAX_MS = 3_600_000;

/**
 * The wait that a `Retry-After` header asks for, ms: seconds, or a date (RFC 9110 §10.2.3); from 0 to an hour.
 * `undefined` where there is none, or none that can be read.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_MS);
  // A date begins with the name of a day; `Date.parse` alone would take "-5" for a year.
  if (!/^[A-Za-z]/.test(text)) return undefined;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.min(Math.max(dateMs - nowMs, 0), MAX_MS);
}
