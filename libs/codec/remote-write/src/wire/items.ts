import { type Machine } from './machine.ts';

/** What a timed item of a series is. */
export const FLOAT = 0;
export const NATIVE = 1;

/** 32-bit words of an item, and where among them its time and its mark are; as in `memory.as`. */
const STRIDE = 8;
const TIME = 4;
const DROPPED = 6;

/** The float samples and native histograms of one series, in the order of the bytes, as a walk has left them. */
export class Items {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #at: number;
  readonly #lengthAt: number;

  /** @param at where the list is, bytes; `lengthAt`: where how many there are is, as an index of words */
  constructor({ words, doubles }: Machine, at: number, lengthAt: number) {
    this.#words = words;
    this.#doubles = doubles;
    this.#at = at / 4;
    this.#lengthAt = lengthAt;
  }

  get length(): number {
    return this.#words[this.#lengthAt] ?? 0;
  }

  /** {@link FLOAT} or {@link NATIVE}. */
  kind(index: number): number {
    return this.#words[this.#at + index * STRIDE] ?? 0;
  }

  /** Where the field begins, its tag included. */
  from(index: number): number {
    return this.#words[this.#at + index * STRIDE + 1] ?? 0;
  }

  to(index: number): number {
    return this.#words[this.#at + index * STRIDE + 2] ?? 0;
  }

  /** Where the eight bytes of a float sample's value are; -1 when it is left out, which means 0. */
  valueAt(index: number): number {
    return this.#words[this.#at + index * STRIDE + 3] ?? 0;
  }

  /** Unix ms. */
  time(index: number): number {
    return this.#doubles[(this.#at + index * STRIDE + TIME) / 2] ?? 0;
  }

  /** Marks an item: a rewrite leaves it out. */
  drop(index: number): void {
    this.#words[this.#at + index * STRIDE + DROPPED] = 1;
  }
}
