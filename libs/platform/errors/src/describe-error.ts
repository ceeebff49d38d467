const MAX_DEPTH = 8;
const MAX_LENGTH = 2000;
/** What may stand before the `@` of an address: never printed. */
const CREDENTIALS = /(\w[\w+.-]*:\/\/[^\s/:@]*):[^\s/@]*@/gu;
const AUTHORIZATION = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/giu;

/**
 * An error with its causes on one line: `cannot read "x": cannot connect: connect ECONNREFUSED 127.0.0.1:9092`.
 * Line breaks become spaces, a cause that its parent's text already ends with is not said twice, passwords in addresses
 * and authorization values are masked, and the whole is at most 2000 characters. Never throws.
 */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && current !== undefined && current !== null; depth++) {
    const text = textOf(current);
    const previous = parts.at(-1);
    if (text !== '' && previous?.endsWith(text) !== true) parts.push(text);
    current = causeOf(current);
  }
  return shorten(mask((parts.join(': ') || String(error)).replaceAll(/\s+/gu, ' ').trim()));
}

/** Masks what looks like a password in an address, or like a bearer or basic credential. */
function mask(text: string): string {
  return text.replaceAll(CREDENTIALS, '$1:<secret>@').replaceAll(AUTHORIZATION, '$1 <secret>');
}

function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
}

function textOf(value: unknown): string {
  try {
    if (value instanceof Error) return value.message || nameOf(value);
    if (typeof value === 'object' && value !== null && 'message' in value) return asText(value.message);
    return asText(value);
  } catch {
    return 'an error that cannot be described';
  }
}

/** Node's aggregate of failed connection attempts has a code and no message. */
function nameOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

function causeOf(value: unknown): unknown {
  try {
    if (typeof value !== 'object' || value === null) return undefined;
    if ('cause' in value && value.cause !== undefined) return value.cause;
    return 'errors' in value && Array.isArray(value.errors) ? (value.errors as readonly unknown[])[0] : undefined;
  } catch {
    return undefined;
  }
}
