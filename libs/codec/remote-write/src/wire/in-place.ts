import { writeVarint } from './varint.ts';

/**
 * Below this many bytes a loop is faster than the call of a built-in.
 */
const SHORT = 24;

/**
 * Moves what is kept of a byte array to its front. Everything before `#read` was moved or skipped; what is written
 * never overtakes what is read, because nothing written here is longer than what it stands for.
 */
export class InPlaceWriter {
  readonly #data: Uint8Array;
  #read = 0;
  #written = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** Keeps everything up to `to`. */
  keepTo(to: number): void {
    const from = this.#read;
    const length = to - from;
    if (from !== this.#written) this.#move(from, to, length);
    this.#written += length;
    this.#read = to;
  }

  /** Leaves out everything up to `to`. */
  skipTo(to: number): void {
    this.#read = to;
  }

  /** Writes a field's one-byte tag and its length in the place of everything up to `to`. */
  replaceHeader(tag: number, length: number, to: number): void {
    this.#data[this.#written] = tag;
    this.#written = writeVarint(this.#data, this.#written + 1, length);
    this.#read = to;
  }

  /** Keeps the rest, and returns all that was kept. */
  finish(): Uint8Array {
    this.keepTo(this.#data.length);
    return this.#data.subarray(0, this.#written);
  }

  #move(from: number, to: number, length: number): void {
    const data = this.#data;
    if (length > SHORT) {
      data.copyWithin(this.#written, from, to);
      return;
    }
    let target = this.#written;
    for (let at = from; at < to; at++) data[target++] = data[at] ?? 0;
  }
}
