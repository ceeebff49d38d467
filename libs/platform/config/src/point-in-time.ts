const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/u;
const UNIX_SECONDS = /^\d{1,12}(?:\.\d+)?$/u;

/** Reads a time, RFC 3339 or Unix seconds as in Prometheus' API, into Unix ms; `undefined` where it is neither. */
export function parseTime(text: string): number | undefined {
  if (UNIX_SECONDS.test(text)) return Math.round(Number(text) * 1000);
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(Number);
  // The 30th of February is not the 2nd of March.
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  if (date.getUTCDate() !== day || date.getUTCMonth() !== (month ?? 0) - 1) return undefined;
  const timeMs = Date.parse(text.toUpperCase().replace(' ', 'T'));
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
