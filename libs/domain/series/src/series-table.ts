import { type SampleList } from './sample-list.ts';

/**
 * What a sample is to its series: `newer` than all of it; a `repeat` of one that was let through, or too old to tell from
 * one; `out-of-order` where it is neither.
 */
export type SampleOrder = 'newer' | 'out-of-order' | 'repeat';

/** How a {@link SeriesTable} begins. */
export interface SeriesTableOptions {
  /** Series expected; the table is made so that it need not grow until then. Default 1 000. */
  readonly capacity?: number;
}

/** Samples whose slots are looked for at once: so many of them stay in the cache that is nearest. */
const BLOCK = 64;
const MIN_SLOTS = 8;
const MAX_LOAD = 0.7;
const WORDS = 8;
const DOUBLES = WORDS / 2;
const BYTES_PER_SLOT = WORDS * 4;
const PADDING = 16;
/** Words of a slot: the distances from its newest sample to the one before, and so on, in ms; 0: none is known. */
const FIRST_DISTANCE = 4;
const LAST_DISTANCE = 6;
/** The epoch of the newest sample, shifted by one; and whether what is before the oldest one known is behind a boundary. */
const MARK = 7;
/** What lies further back than this from the sample behind it is not remembered, ms: 49 days. */
const MAX_DISTANCE_MS = 0xffffffff;

/** The smallest power of two of slots that holds so many series below the load limit. */
function slotsFor(series: number): number {
  let slots = MIN_SLOTS;
  while (slots * MAX_LOAD < series) slots *= 2;
  return slots;
}

/**
 * From the fingerprint of a series to the times of its four newest samples that were let through: what tells a repeat
 * from a sample that is out of order (SPEC of the elections, "Order"). Open addressing in one flat buffer, 32 bytes a
 * slot, no object per series: 46 to 91 bytes a series, 53 at a load of 60 %.
 *
 * A fingerprint is two 32-bit halves, signed or unsigned alike; times are Unix ms. Doubling copies the table in one go,
 * so a table that is known to become large is better made large.
 */
export class SeriesTable {
  /** Of a slot: words 0 and 1 are the fingerprint, both 0 when free; the double behind them is the newest time. */
  #words: Int32Array;
  #times: Float64Array;
  #mask: number;
  #size = 0;
  #epoch = 0;
  /** Nothing that anybody needs: what was seen by looking ahead, which else would not be done. */
  readonly #ahead = new Int32Array(1);

  constructor(options: SeriesTableOptions = {}) {
    const slots = slotsFor(options.capacity ?? 1000);
    [this.#words, this.#times] = emptySlots(slots);
    this.#mask = slots - 1;
  }

  /** Series known. */
  get size(): number {
    return this.#size;
  }

  /** Bytes held. */
  get memoryBytes(): number {
    return this.#words.byteLength;
  }

  /** The time of the newest sample of a series, Unix ms; `undefined` for a series not known. */
  get(high: number, low: number): number | undefined {
    const slot = this.#slotOf(high | 0, key(high, low));
    return this.#isFree(slot) ? undefined : this.#times[slot * DOUBLES + 1];
  }

  /**
   * What comes now is of this epoch (0: of no pair). Of each series, what other epochs have let through is behind a
   * boundary: nothing before it is taken for out of order.
   */
  begin(epoch: number): void {
    this.#epoch = epoch & 0x7fffffff;
  }

  /**
   * Says what a sample is to its series, and takes note of it when it is newer than all of its series before it (or the
   * first); otherwise nothing is changed.
   *
   * @throws RangeError when the machine has no memory for a larger table; the sample is then taken note of
   */
  judge(high: number, low: number, timestampMs: number): SampleOrder {
    const lowKey = key(high, low);
    const slot = this.#slotOf(high | 0, lowKey);
    if (this.#isFree(slot)) {
      this.#insert(slot, high | 0, lowKey, timestampMs);
      return 'newer';
    }
    const distanceMs = timestampMs - (this.#times[slot * DOUBLES + 1] ?? 0);
    if (distanceMs > 0) {
      this.#advance(slot, timestampMs, distanceMs);
      return 'newer';
    }
    return this.#isRepeat(slot, -distanceMs) ? 'repeat' : 'out-of-order';
  }

  /**
   * Judges samples one after the other. In a large table most of the time goes into waiting for memory; slots that are
   * looked at in one go are waited for together.
   *
   * @param onOther told of the samples that are not newer, by their place in the list; the table is theirs to change
   * @throws RangeError as {@link judge}
   */
  judgeAll(samples: SampleList, onOther: (index: number, order: Exclude<SampleOrder, 'newer'>) => void): void {
    const { words, doubles, from, length } = samples;
    for (let block = 0; block < length; block += BLOCK) {
      const stop = Math.min(length, block + BLOCK);
      this.#lookAhead(samples, block, stop);
      for (let i = block; i < stop; i++) {
        const at = (from + i) * 4;
        const order = this.judge(words[at] ?? 0, words[at + 1] ?? 0, doubles[(from + i) * 2 + 1] ?? 0);
        if (order !== 'newer') onOther(i, order);
      }
    }
  }

  /** Takes note of samples that are or were let through, as {@link note} does, in their order. */
  noteAll(samples: SampleList): void {
    const { words, doubles, from } = samples;
    this.judgeAll(samples, (index, order) => {
      const at = (from + index) * 4;
      if (order === 'out-of-order') this.note(words[at] ?? 0, words[at + 1] ?? 0, doubles[at / 2 + 1] ?? 0);
    });
  }

  /** As {@link judgeAll}: tells of the samples that are not newer than all of their series before them. */
  advanceAll(samples: SampleList, onOther: (index: number) => void): void {
    this.judgeAll(samples, onOther);
  }

  /** As {@link judge}: whether the sample is newer than all of its series before it. */
  advance(high: number, low: number, timestampMs: number): boolean {
    return this.judge(high, low, timestampMs) === 'newer';
  }

  /** Takes note of a sample that is or was let through, out of order or not. */
  note(high: number, low: number, timestampMs: number): void {
    if (this.judge(high, low, timestampMs) !== 'out-of-order') return;
    const slot = this.#slotOf(high | 0, key(high, low));
    this.#slip(slot, (this.#times[slot * DOUBLES + 1] ?? 0) - timestampMs);
  }

  /** Forgets the series whose newest sample is older than `beforeMs`, gives the memory back, and says how many went. */
  prune(beforeMs: number): number {
    let kept = 0;
    this.forEach((_high, _low, timestampMs) => {
      if (timestampMs >= beforeMs) kept++;
    });
    const removed = this.#size - kept;
    if (removed > 0) this.#rebuild(slotsFor(kept), beforeMs);
    return removed;
  }

  /** Visits all series in no particular order, each with its newest time; the visitor must not change the table. */
  forEach(visit: (high: number, low: number, timestampMs: number) => void): void {
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#isFree(slot)) continue;
      const at = slot * WORDS;
      visit(this.#words[at] ?? 0, this.#words[at + 1] ?? 0, this.#times[slot * DOUBLES + 1] ?? 0);
    }
  }

  /**
   * The three newest distances between samples of some series, ms, the newest first; of series for which so many are known.
   *
   * @param limit at most so many series, and at most sixteen times as many slots are looked at
   */
  distances(limit: number): readonly (readonly [number, number, number])[] {
    const words = this.#words;
    const found: (readonly [number, number, number])[] = [];
    const stop = Math.min(words.length, 16 * limit * WORDS);
    for (let at = FIRST_DISTANCE; at < stop && found.length < limit; at += WORDS) {
      const oldest = (words[at + 2] ?? 0) >>> 0;
      if (oldest !== 0) found.push([(words[at] ?? 0) >>> 0, (words[at + 1] ?? 0) >>> 0, oldest]);
    }
    return found;
  }

  /** Forgets everything. */
  clear(): void {
    this.#rebuild(MIN_SLOTS, Infinity);
  }

  /** Looks at the first slots of samples, at both ends: a slot may lie across two lines of a cache. */
  #lookAhead({ words, from }: SampleList, block: number, stop: number): void {
    const slots = this.#words;
    const mask = this.#mask;
    let seen = 0;
    for (let i = block; i < stop; i++) {
      const at = (from + i) * 4;
      const slot = firstSlot(words[at] ?? 0, words[at + 1] ?? 0) & mask;
      seen ^= (slots[slot * WORDS] ?? 0) ^ (slots[slot * WORDS + MARK] ?? 0);
    }
    this.#ahead[0] = seen;
  }

  /** The newest sample moves up, and the distances with it. */
  #advance(slot: number, timestampMs: number, distanceMs: number): void {
    const words = this.#words;
    const at = slot * WORDS;
    this.#times[slot * DOUBLES + 1] = timestampMs;
    const isNear = distanceMs <= MAX_DISTANCE_MS;
    const isSame = (words[at + MARK] ?? 0) >>> 1 === this.#epoch;
    if (isNear && isSame) {
      words[at + 6] = words[at + 5] ?? 0;
      words[at + 5] = words[at + 4] ?? 0;
      words[at + 4] = distanceMs;
      return;
    }
    words[at + 4] = isNear ? distanceMs : 0;
    words[at + 5] = 0;
    words[at + 6] = 0;
    words[at + MARK] = (this.#epoch << 1) | (isNear ? 1 : 0);
  }

  /** Whether a sample so far behind the newest one was let through, or is too old to tell. */
  #isRepeat(slot: number, behindMs: number): boolean {
    const words = this.#words;
    const from = slot * WORDS;
    const mark = words[from + MARK] ?? 0;
    if (mark >>> 1 !== this.#epoch) return true;
    let leftMs = behindMs;
    for (let at = from + FIRST_DISTANCE; at <= from + LAST_DISTANCE; at++) {
      const distanceMs = (words[at] ?? 0) >>> 0;
      if (leftMs === 0) return true;
      if (distanceMs === 0) return (mark & 1) === 1 || leftMs > MAX_DISTANCE_MS;
      if (leftMs < distanceMs) return false;
      leftMs -= distanceMs;
    }
    return true;
  }

  /** A sample takes its place among the newest four; the oldest of five goes. */
  #slip(slot: number, behindMs: number): void {
    const words = this.#words;
    const from = slot * WORDS;
    let at = from + FIRST_DISTANCE;
    let leftMs = behindMs;
    for (let distanceMs = (words[at] ?? 0) >>> 0; distanceMs !== 0 && leftMs > distanceMs; at++) {
      leftMs -= distanceMs;
      distanceMs = (words[at + 1] ?? 0) >>> 0;
    }
    const restMs = (words[at] ?? 0) >>> 0;
    if (at === from + FIRST_DISTANCE) words[at + 2] = words[at + 1] ?? 0;
    if (at < from + LAST_DISTANCE) words[at + 1] = restMs === 0 ? 0 : restMs - leftMs;
    words[at] = leftMs;
  }

  #isFree(slot: number): boolean {
    return this.#words[slot * WORDS] === 0 && this.#words[slot * WORDS + 1] === 0;
  }

  /** The slot of the fingerprint, or the free one where it would go. */
  #slotOf(high: number, low: number): number {
    const words = this.#words;
    const mask = this.#mask;
    let slot = firstSlot(high, low) & mask;
    for (;;) {
      const at = slot * WORDS;
      const foundHigh = words[at] ?? 0;
      const foundLow = words[at + 1] ?? 0;
      if (foundHigh === high && foundLow === low) return slot;
      if (foundHigh === 0 && foundLow === 0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #insert(slot: number, high: number, low: number, timestampMs: number): void {
    const at = slot * WORDS;
    this.#words[at] = high;
    this.#words[at + 1] = low;
    this.#words[at + MARK] = this.#epoch << 1;
    this.#times[slot * DOUBLES + 1] = timestampMs;
    this.#size++;
    const slots = this.#mask + 1;
    if (this.#size > slots * MAX_LOAD) this.#rebuild(slots * 2, -Infinity);
  }

  #rebuild(slots: number, beforeMs: number): void {
    const words = this.#words;
    const times = this.#times;
    [this.#words, this.#times] = emptySlots(slots);
    this.#mask = slots - 1;
    this.#size = 0;
    for (let from = 0; from < words.length; from += WORDS) {
      const high = words[from] ?? 0;
      const low = words[from + 1] ?? 0;
      const timestampMs = times[from / 2 + 1] ?? 0;
      if ((high === 0 && low === 0) || timestampMs < beforeMs) continue;
      const slot = this.#slotOf(high, low);
      const to = slot * WORDS;
      for (let word = 0; word < WORDS; word++) this.#words[to + word] = words[from + word] ?? 0;
      this.#size++;
    }
  }
}

/**
 * Slots that are free. Large buffers begin 16 bytes into a page with the allocators of Linux: as far behind that no slot lies
 * across two lines of a cache, which would be waited for one after the other.
 */
function emptySlots(slots: number): readonly [Int32Array, Float64Array] {
  const buffer = new ArrayBuffer(slots * BYTES_PER_SLOT + PADDING);
  return [new Int32Array(buffer, PADDING), new Float64Array(buffer, PADDING)];
}

/** Where a fingerprint is looked for first, before it is cut to the size of a table. */
function firstSlot(high: number, low: number): number {
  return low ^ (high >>> 7);
}

/** The low half as stored: the one fingerprint that means "free" is moved to its neighbour. */
function key(high: number, low: number): number {
  return (high | low) === 0 ? 1 : low | 0;
}
