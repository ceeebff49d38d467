import { byteAt, type Cursor } from './cursor.ts';
import { Int32List } from './int32-list.ts';
import { HISTOGRAM, SAMPLE } from './tags.ts';

/** What a timed item of a series is. */
export const FLOAT = 0;
export const NATIVE = 1;

const STRIDE = 4;

/** The float samples and native histograms of one series, in the order of the bytes. */
export class Items {
  readonly #spans = new Int32List();
  #times = new Float64Array(16);

  get length(): number {
    return this.#spans.length / STRIDE;
  }

  /** {@link FLOAT} or {@link NATIVE}. */
  kind(index: number): number {
    return this.#spans.at(index * STRIDE);
  }

  /** Where the field begins, its tag included. */
  from(index: number): number {
    return this.#spans.at(index * STRIDE + 1);
  }

  to(index: number): number {
    return this.#spans.at(index * STRIDE + 2);
  }

  /** Where the eight bytes of a float sample's value are; -1 when it is left out, which means 0. */
  valueAt(index: number): number {
    return this.#spans.at(index * STRIDE + 3);
  }

  /** Unix ms. */
  time(index: number): number {
    return this.#times[index] ?? 0;
  }

  clear(): void {
    this.#spans.clear();
  }

  /** Reads a float sample, whose field began at `from`; the cursor is at its length. */
  readSample(cursor: Cursor, from: number, stop: number): void {
    const to = cursor.end(stop);
    const valueAt = cursor.at + 1;
    if (byteAt(cursor.data, cursor.at) === SAMPLE.value && byteAt(cursor.data, valueAt + 8) === SAMPLE.timestamp) {
      cursor.at = valueAt + 9;
      const time = cursor.int64();
      if (cursor.at === to) {
        this.#push(FLOAT, from, to, valueAt);
        this.#times[this.length - 1] = time;
        return;
      }
      cursor.at = valueAt - 1;
    }
    this.#readOddSample(cursor, from, to);
  }

  /** A sample in another order, with fields left out, or with more. */
  #readOddSample(cursor: Cursor, from: number, to: number): void {
    let valueAt = -1;
    let time = 0;
    while (cursor.at < to) {
      const tag = cursor.tag();
      if (tag === SAMPLE.value) {
        valueAt = cursor.at;
        cursor.at += 8;
      } else if (tag === SAMPLE.timestamp) time = cursor.int64();
      else cursor.skip(tag, to);
    }
    cursor.finish(to);
    this.#push(FLOAT, from, to, valueAt);
    this.#times[this.length - 1] = time;
  }

  /** Reads a native histogram, whose field began at `from`; the cursor is at its length. */
  readHistogram(cursor: Cursor, from: number, stop: number): void {
    const to = cursor.end(stop);
    let time = 0;
    while (cursor.at < to) {
      const tag = cursor.tag();
      if (tag === HISTOGRAM.timestamp) time = cursor.int64();
      else cursor.skip(tag, to);
    }
    cursor.finish(to);
    this.#push(NATIVE, from, to, -1);
    this.#times[this.length - 1] = time;
  }

  #push(kind: number, from: number, to: number, valueAt: number): void {
    if (this.length === this.#times.length) this.#grow();
    const spans = this.#spans;
    const items = spans.reserve(STRIDE);
    const at = spans.length;
    items[at] = kind;
    items[at + 1] = from;
    items[at + 2] = to;
    items[at + 3] = valueAt;
    spans.length = at + STRIDE;
  }

  #grow(): void {
    const larger = new Float64Array(this.#times.length * 2);
    larger.set(this.#times);
    this.#times = larger;
  }
}
