import { type RecordHeaders } from '@tandem/stream';

/** A header that is missing or says something it cannot say. */
export interface HeaderProblem {
  readonly ok: false;
  /** Name of the header at fault. */
  readonly header: string;
  /** `cannot read header "min-ts": "abc" is not a whole number`; for logs and the rejects topic. */
  readonly problem: string;
}

/** What reading headers comes to: the headers, or the first thing wrong with them. */
export type HeaderResult<T> = { readonly ok: true; readonly headers: T } | HeaderProblem;

const MAX_DIGITS = 16;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Reads typed values out of a record's headers and keeps the first problem met, so that the happy path has no branches. */
export class HeaderReader {
  readonly #headers: RecordHeaders;
  #problem: HeaderProblem | undefined;

  constructor(headers: RecordHeaders) {
    this.#headers = headers;
  }

  /** The first problem met, or `undefined` when everything read so far was good. */
  get problem(): HeaderProblem | undefined {
    return this.#problem;
  }

  /** Records that a header is bad; the first one counts. */
  fail(header: string, cause: string): void {
    this.#problem ??= { ok: false, header, problem: `cannot read header "${header}": ${cause}` };
  }

  /** A text, or `undefined` where it is missing. An empty header is the same as a missing one. */
  text(header: string): string | undefined {
    const value: unknown = this.#headers[header];
    // What objects inherit are no texts.
    return typeof value !== 'string' || value === '' ? undefined : value;
  }

  /** A text that must be there. */
  requiredText(header: string): string {
    const value = this.text(header);
    if (value !== undefined) return value;
    this.fail(header, 'it is missing');
    return '';
  }

  /** A whole number, at least `minimum`, or `undefined` where it is missing. */
  integer(header: string, minimum = Number.MIN_SAFE_INTEGER): number | undefined {
    const value = this.text(header);
    if (value === undefined) return undefined;
    const number = wholeNumber(value);
    if (Number.isSafeInteger(number) && number >= minimum) return number;
    const wanted = minimum < 0 ? 'a whole number' : `a whole number from ${minimum} up`;
    this.fail(header, `${JSON.stringify(value.slice(0, 40))} is not ${wanted}`);
    return undefined;
  }

  /** A whole number that must be there. */
  requiredInteger(header: string, minimum = Number.MIN_SAFE_INTEGER): number {
    const value = this.integer(header, minimum);
    if (value === undefined) this.fail(header, 'it is missing');
    return value ?? 0;
  }
}

/** The number of a text of 1 to 16 digits, with a minus before them or without; otherwise NaN. */
function wholeNumber(text: string): number {
  const from = text.charCodeAt(0) === MINUS ? 1 : 0;
  const digits = text.length - from;
  if (digits < 1 || digits > MAX_DIGITS) return Number.NaN;
  let number = 0;
  for (let i = from; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return from === 1 ? -number : number;
}
