/** What needs no quotes in logfmt: no space, quote, equals sign or control character. */
const BARE = /^[^\s"=\\\p{C}]+$/u;
const KEY_UNSAFE = /[\s"=\p{C}]/gu;

/**
 * One logfmt line, without the line break: `ts=… level=info msg="two words" attempts=3`. Strings are quoted where they
 * must be, with JSON's escapes; objects and arrays are JSON in quotes; undefined values are left out.
 */
export function formatLogfmt(record: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(record)) {
    if (value !== undefined) pairs.push(`${key.replaceAll(KEY_UNSAFE, '_') || '_'}=${formatValue(value)}`);
  }
  return pairs.join(' ');
}

function formatValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  const text = typeof value === 'string' ? value : (JSON.stringify(value) as string | undefined);
  if (text === undefined) return '""';
  return BARE.test(text) ? text : JSON.stringify(text);
}
