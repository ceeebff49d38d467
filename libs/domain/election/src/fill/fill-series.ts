import { type FillSample } from './fill-sample.ts';

/**
 * Last time and value that went on, interval; the elected replica's newest time and value; the standby's; held marker; what
 * waits, and until when.
 */
const NUMBERS = 10;
/** High, low, flags, target. */
const WORDS = 4;
const MIN_SLOTS = 16;
const MAX_LOAD = 0.7;

/** Fields of a series in {@link FillSeries.numbers}. */
export const LAST_MS = 0;
export const LAST_VALUE = 1;
export const INTERVAL_MS = 2;
export const LEADER_MS = 3;
export const LEADER_VALUE = 4;
export const STANDBY_MS = 5;
export const STANDBY_VALUE = 6;
/** Time of the elected replica's stale marker that is held. */
export const HELD_MS = 7;
/** Time of the first of the elected replica's samples that wait; NaN: none does. */
export const WAITING_MS = 8;
/** Log time until which they do. */
export const UNTIL_MS = 9;

/** The series is known. */
export const KNOWN = 1;
/** What went on last is a stale marker. */
export const STALE = 2;
/** What went on last is the standby's. */
export const BY_STANDBY = 4;
/** The elected replica has said that it does not have it. */
export const ABSENT = 8;
/** The elected replica's newest sample is a stale marker. */
const LEADER_ENDED = 16;
/** The standby's is. */
const STANDBY_ENDED = 32;
/** From this bit on: samples held back because a counter seems to fall. */
export const FALLS_SHIFT = 6;

/** What a series says of a time. */
type FillValue = Pick<FillSample, 'value' | 'stale'>;

/** The series of filled targets: open addressing in flat buffers, 96 bytes a slot, no object per series. */
export class FillSeries {
  #words = new Int32Array(MIN_SLOTS * WORDS);
  #numbers = new Float64Array(MIN_SLOTS * NUMBERS);
  #mask = MIN_SLOTS - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many slots there are, used or not. */
  get slots(): number {
    return this.#mask + 1;
  }

  /** The slot of a series, or the free one where it would go: its flags are 0. */
  slotOf(high: number, low: number): number {
    const words = this.#words;
    for (let slot = (low ^ (high >>> 7)) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS;
      if (words[at + 2] === 0 || (words[at] === (high | 0) && words[at + 1] === (low | 0))) return slot;
    }
  }

  /** Takes a series in; its numbers are NaN. All slots found before may have moved. */
  insert(high: number, low: number, target: number): number {
    if (this.#size >= this.slots * MAX_LOAD) this.#grow();
    const slot = this.slotOf(high, low);
    this.#words.set([high, low, KNOWN, target], slot * WORDS);
    this.#numbers.fill(NaN, slot * NUMBERS, (slot + 1) * NUMBERS);
    this.#size++;
    return slot;
  }

  number(slot: number, field: number): number {
    return this.#numbers[slot * NUMBERS + field] ?? NaN;
  }

  setNumber(slot: number, field: number, value: number): void {
    this.#numbers[slot * NUMBERS + field] = value;
  }

  /**
   * Takes note of what a replica has sent of a series. The interval is the shortest time between two of one replica, so
   * that a scrape that was missed does not count; nor does the time from a stale marker on, which may have been written for it.
   *
   * @returns how far it is from its sample before, ms; 0 where there is none, and behind its end
   */
  sent(slot: number, field: typeof LEADER_MS | typeof STANDBY_MS, timestampMs: number, sample: FillValue): number {
    const distanceMs = timestampMs - this.number(slot, field);
    const hadEnded = this.took(slot, field, timestampMs, sample);
    if (!(distanceMs > 0) || hadEnded) return 0;
    if (!(this.number(slot, INTERVAL_MS) <= distanceMs)) this.setNumber(slot, INTERVAL_MS, distanceMs);
    return distanceMs;
  }

  /**
   * Takes note of what went on of a replica, and learns nothing of when it scrapes: time and value are side by side.
   *
   * @returns whether it had ended before
   */
  took(slot: number, field: typeof LEADER_MS | typeof STANDBY_MS, timestampMs: number, sample: FillValue): boolean {
    this.setNumber(slot, field, timestampMs);
    this.setNumber(slot, field + 1, sample.value);
    const flags = this.flags(slot);
    const ended = field === LEADER_MS ? LEADER_ENDED : STANDBY_ENDED;
    this.setFlags(slot, sample.stale ? flags | ended : flags & ~ended);
    return (flags & ended) !== 0;
  }

  flags(slot: number): number {
    return this.#words[slot * WORDS + 2] ?? 0;
  }

  setFlags(slot: number, flags: number): void {
    this.#words[slot * WORDS + 2] = flags;
  }

  high(slot: number): number {
    return this.#words[slot * WORDS] ?? 0;
  }

  low(slot: number): number {
    return this.#words[slot * WORDS + 1] ?? 0;
  }

  /** Index of its target. */
  target(slot: number): number {
    return this.#words[slot * WORDS + 3] ?? 0;
  }

  #grow(): void {
    const words = this.#words;
    const numbers = this.#numbers;
    this.#mask = this.slots * 2 - 1;
    this.#words = new Int32Array(this.slots * WORDS);
    this.#numbers = new Float64Array(this.slots * NUMBERS);
    for (let at = 0, from = 0; at < words.length; at += WORDS, from += NUMBERS) {
      if (words[at + 2] === 0) continue;
      const slot = this.slotOf(words[at] ?? 0, words[at + 1] ?? 0);
      this.#words.set(words.subarray(at, at + WORDS), slot * WORDS);
      this.#numbers.set(numbers.subarray(from, from + NUMBERS), slot * NUMBERS);
    }
  }
}
