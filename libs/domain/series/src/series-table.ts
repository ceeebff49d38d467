/** How a {@link SeriesTable} begins. */
export interface SeriesTableOptions {
  /** Series expected; the table is made so that it need not grow until then. Default 1 000. */
  readonly capacity?: number;
}

const MIN_SLOTS = 16;
const MAX_LOAD = 0.7;
const BYTES_PER_SLOT = 16;

/** The smallest power of two of slots that holds so many series below the load limit. */
function slotsFor(series: number): number {
  let slots = MIN_SLOTS;
  while (slots * MAX_LOAD < series) slots *= 2;
  return slots;
}

/**
 * From the fingerprint of a series to the time of its newest sample. Open addressing in one flat buffer, 16 bytes a
 * slot, no object per series: 23 to 46 bytes a series, 27 at a load of 60 %.
 *
 * A fingerprint is two 32-bit halves, signed or unsigned alike; times are Unix ms. Doubling copies the table in one go,
 * so a table that is known to become large is better made large.
 */
export class SeriesTable {
  /** Of a slot: words 0 and 1 are the fingerprint, both 0 when free; the double behind them is the time. */
  #words: Int32Array;
  #times: Float64Array;
  #mask: number;
  #size = 0;

  constructor(options: SeriesTableOptions = {}) {
    const slots = slotsFor(options.capacity ?? 1000);
    const buffer = new ArrayBuffer(slots * BYTES_PER_SLOT);
    this.#words = new Int32Array(buffer);
    this.#times = new Float64Array(buffer);
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
    return this.#isFree(slot) ? undefined : this.#times[slot * 2 + 1];
  }

  /**
   * Takes note of a sample: true when it is newer than all of its series before it (or the first), and is then the
   * newest; false, with nothing changed, when it is not.
   *
   * @throws RangeError when the machine has no memory for a larger table; the sample is then taken note of
   */
  advance(high: number, low: number, timestampMs: number): boolean {
    const lowKey = key(high, low);
    const slot = this.#slotOf(high | 0, lowKey);
    const at = slot * 2 + 1;
    if (this.#isFree(slot)) return this.#insert(slot, high | 0, lowKey, timestampMs);
    if (timestampMs <= (this.#times[at] ?? 0)) return false;
    this.#times[at] = timestampMs;
    return true;
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

  /** Visits all series in no particular order; the visitor must not change the table. */
  forEach(visit: (high: number, low: number, timestampMs: number) => void): void {
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#isFree(slot)) continue;
      visit(this.#words[slot * 4] ?? 0, this.#words[slot * 4 + 1] ?? 0, this.#times[slot * 2 + 1] ?? 0);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#rebuild(MIN_SLOTS, Infinity);
  }

  #isFree(slot: number): boolean {
    return this.#words[slot * 4] === 0 && this.#words[slot * 4 + 1] === 0;
  }

  /** The slot of the fingerprint, or the free one where it would go. */
  #slotOf(high: number, low: number): number {
    const words = this.#words;
    const mask = this.#mask;
    let slot = (low ^ (high >>> 7)) & mask;
    for (;;) {
      const at = slot * 4;
      const foundHigh = words[at] ?? 0;
      const foundLow = words[at + 1] ?? 0;
      if (foundHigh === high && foundLow === low) return slot;
      if (foundHigh === 0 && foundLow === 0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #insert(slot: number, high: number, low: number, timestampMs: number): true {
    this.#put(slot, high, low, timestampMs);
    const slots = this.#mask + 1;
    if (this.#size > slots * MAX_LOAD) this.#rebuild(slots * 2, -Infinity);
    return true;
  }

  #put(slot: number, high: number, low: number, timestampMs: number): void {
    this.#words[slot * 4] = high;
    this.#words[slot * 4 + 1] = low;
    this.#times[slot * 2 + 1] = timestampMs;
    this.#size++;
  }

  #rebuild(slots: number, beforeMs: number): void {
    const words = this.#words;
    const times = this.#times;
    const buffer = new ArrayBuffer(slots * BYTES_PER_SLOT);
    this.#words = new Int32Array(buffer);
    this.#times = new Float64Array(buffer);
    this.#mask = slots - 1;
    this.#size = 0;
    for (let at = 0; at < words.length; at += 4) {
      const high = words[at] ?? 0;
      const low = words[at + 1] ?? 0;
      const timestampMs = times[at / 2 + 1] ?? 0;
      if ((high !== 0 || low !== 0) && timestampMs >= beforeMs)
        this.#put(this.#slotOf(high, low), high, low, timestampMs);
    }
  }
}

/** The low half as stored: the one fingerprint that means "free" is moved to its neighbour. */
function key(high: number, low: number): number {
  return (high | low) === 0 ? 1 : low | 0;
}
