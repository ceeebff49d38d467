import { writeVarint } from './varint.ts';

const INITIAL = 256;
const MAX_VARINT = 5;
const WORD = 4;
/** Up to this many bytes a loop is faster than a view to copy from. */
const SHORT = 64;
const encoder = new TextEncoder();

/** Writes protobuf into a buffer that grows. */
export class Writer {
  #buffer: Uint8Array;
  #view: DataView;
  #length = 0;

  /** Makes room for so many bytes to begin with. */
  constructor(capacity = INITIAL) {
    this.#buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.#buffer.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written, as a view that the next write may change. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** What was written, as the caller's own. */
  take(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** A varint from 0 to 2^32 - 1. */
  uint32(value: number): void {
    this.#fit(MAX_VARINT);
    this.#length = writeVarint(this.#buffer, this.#length, value);
  }

  /** A signed 64-bit varint, of a safe integer. */
  int64(value: number): void {
    this.#fit(10);
    let low = value >>> 0;
    let high = Math.floor(value / 2 ** 32) >>> 0;
    while (high !== 0 || low > 0x7f) {
      this.#buffer[this.#length++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#buffer[this.#length++] = low;
  }

  /** Eight bytes, from their big and their little half. */
  fixed64(high: number, low: number): void {
    this.#fit(8);
    this.#view.setInt32(this.#length, low, true);
    this.#view.setInt32(this.#length + 4, high, true);
    this.#length += 8;
  }

  double(value: number): void {
    this.#fit(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Bytes from `from` up to `to`, as they are. */
  span(data: Uint8Array, from: number, to: number): void {
    const length = to - from;
    this.#fit(length);
    const buffer = this.#buffer;
    let target = this.#length;
    if (length > SHORT) buffer.set(data.subarray(from, to), target);
    else for (let at = from; at < to; at++) buffer[target++] = data[at] ?? 0;
    this.#length += length;
  }

  /** Bytes that another writer wrote, by words: fast for the short pieces that labels are. */
  copy(source: Writer, from: number, to: number): void {
    const length = to - from;
    this.#fit(length + WORD);
    source.#fit(WORD);
    const target = this.#view;
    const view = source.#view;
    // The last word may write more than is asked, which what is written next writes over.
    for (let at = 0; at < length; at += WORD) target.setInt32(this.#length + at, view.getInt32(from + at));
    this.#length += length;
  }

  /** A length-delimited field of a tag below 128. */
  field(tag: number, bytes: Uint8Array): void {
    this.header(tag, bytes.length);
    this.span(bytes, 0, bytes.length);
  }

  text(tag: number, text: string): void {
    this.field(tag, encoder.encode(text));
  }

  /** The tag and the length of a field whose bytes are written next. */
  header(tag: number, length: number): void {
    this.uint32(tag);
    this.uint32(length);
  }

  #fit(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.view());
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }
}
