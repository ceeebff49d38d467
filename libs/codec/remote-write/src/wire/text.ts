import { isUtf8 } from 'node:buffer';
import { type Cursor } from './cursor.ts';
import { Invalid } from './invalid.ts';

/** Whether the bytes from `from` up to `to` are exactly those of `text`. */
export function spanIs(data: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  const length = to - from;
  if (length !== text.length) return false;
  for (let i = 0; i < length; i++) {
    if (data[from + i] !== text[i]) return false;
  }
  return true;
}

/** A text that spans of a request are compared with, four bytes at a time. */
export class KnownText {
  readonly length: number;
  /** Its first byte; 0 when it is empty. */
  readonly first: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** Keeps the bytes given. */
  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.first = bytes[0] ?? 0;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether the bytes from `from` up to `to`, which lie within the request, are exactly those of this text. */
  is(cursor: Cursor, from: number, to: number): boolean {
    const { length } = this;
    if (to - from !== length) return false;
    if (length < 4) return spanIs(cursor.data, from, to, this.#bytes);
    const { view } = cursor;
    const last = length - 4;
    // The last word, which may overlap the one before it, tells most texts of the same length apart.
    if (view.getInt32(from + last) !== this.#view.getInt32(last)) return false;
    for (let i = 0; i < last; i += 4) {
      if (view.getInt32(from + i) !== this.#view.getInt32(i)) return false;
    }
    return true;
  }

  toString(): string {
    return textOf(this.#bytes, 0, this.length);
  }
}

/** Whether no byte from `from` up to `to` has its top bit set. */
export function isAscii(cursor: Cursor, from: number, to: number): boolean {
  const { view } = cursor;
  const words = to - 3;
  let at = from;
  let seen = 0;
  for (; at < words - 12; at += 16) {
    const first = view.getInt32(at, true) | view.getInt32(at + 4, true);
    seen |= first | view.getInt32(at + 8, true) | view.getInt32(at + 12, true);
  }
  for (; at < words; at += 4) seen |= view.getInt32(at, true);
  for (; at < to; at++) seen |= view.getUint8(at);
  // Of a tail byte only bit 7 counts; a word has it in each of its four bytes.
  return (seen & 0x80808080) === 0;
}

/** @throws Invalid `invalid-utf8` */
export function requireUtf8(cursor: Cursor, from: number, to: number): void {
  if (isAscii(cursor, from, to) || isUtf8(cursor.data.subarray(from, to))) return;
  throw new Invalid('invalid-utf8', `text that is not UTF-8 at byte ${from}`);
}

/** A byte order mark is a character of a label like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a span. */
export function textOf(data: Uint8Array, from: number, to: number): string {
  return decoder.decode(data.subarray(from, to));
}

const encoder = new TextEncoder();
const COUNTER_SUFFIXES = ['_total', '_count', '_sum', '_bucket'].map((suffix) => encoder.encode(suffix));

/** Whether a metric name ends as counters do, and the parts of histograms and summaries that are counters. */
export function endsAsCounter(data: Uint8Array, from: number, to: number): boolean {
  for (const suffix of COUNTER_SUFFIXES) {
    if (to - from >= suffix.length && spanIs(data, to - suffix.length, to, suffix)) return true;
  }
  return false;
}
