import { type Buffer } from 'node:buffer';

import { endOfFirstValue } from './json-syntax.ts';

/** What a body holds: nothing, a value, or no JSON (the error is Go's). */
export type JsonBody =
  | { readonly kind: 'empty' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'malformed'; readonly error: string };

/** Reads the first JSON value of a body; what follows it is passed over, as Go's decoder does. */
export function readJson(bytes: Buffer): JsonBody {
  const text = bytes.toString('utf8');
  try {
    return { kind: 'value', value: JSON.parse(text) as unknown };
  } catch {
    return readFirst(text);
  }
}

function readFirst(text: string): JsonBody {
  if (/^[ \t\r\n]*$/.test(text)) return { kind: 'empty' };
  const end = endOfFirstValue(text);
  if (!end.ok) return { kind: 'malformed', error: end.error };
  return { kind: 'value', value: JSON.parse(text.slice(0, end.value)) as unknown };
}
