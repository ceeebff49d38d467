/** What a seam looks at in a sample beside its time. */
export interface SeamSample {
  /** A float's value, a native histogram's count; NaN for a stale marker. */
  readonly value: number;
  readonly stale: boolean;
  /** Whether the value only grows until it resets. */
  readonly monotonic: boolean;
}

/** A series that only the replica before has sent, and where its end is to be marked. */
export interface Orphan {
  readonly high: number;
  readonly low: number;
  /** Time of the stale marker, Unix ms. */
  readonly timestampMs: number;
}

/** What a seam has shown of the two replicas. */
export interface SeamFindings {
  /** Samples held back because a counter was below its value before. */
  readonly held: number;
  /** Widest distance between the last sample of a series before the seam and its first behind it, ms; 0: none. */
  readonly widestSeamMs: number;
}

/** How far apart the samples of one scrape may reach the log: twice a sender's batch deadline of 5 s. */
export const SEND_SKEW_MS = 10_000;
/** How far past its next sample the successor must be until a series counts as one it does not have: shards may be late. */
const PATIENCE_MS = 30_000;
/** The longest interval a series is taken to have where it matters how long one is. */
const MAX_INTERVAL_MS = 60_000;
/** A counter that seems to fall is held back for so many samples, and for so long; after that it has fallen. */
const MAX_HELD = 2;
const HOLD_MS = 30_000;

const MIN_SLOTS = 16;
const MAX_LOAD = 0.7;
/** Last time, last value, interval; the successor's newest value, and its newest time: once taken, where it was taken. */
const NUMBERS = 5;
/** High, low, flags. */
const WORDS = 3;
const KNOWN = 1;
const TAKEN = 2;
const STALE = 4;
const HELD_SHIFT = 3;
const HELD_MASK = 3;
/** The successor's own counter has fallen since the forerunner's end. */
const FELL = 32;

/**
 * A seam: what the replica before has let through of each series, and from where on the successor continues it (SPEC.md,
 * "Seams"). Open addressing in flat buffers, 52 bytes a slot, no object per series; it lives as long as the seam is open.
 */
export class SeamTable {
  #words = new Int32Array(MIN_SLOTS * WORDS);
  #numbers = new Float64Array(MIN_SLOTS * NUMBERS);
  #mask = MIN_SLOTS - 1;
  #size = 0;
  #highMs = -Infinity;
  #longestMs = 0;
  #successorHighMs = -Infinity;
  #dueMs = Infinity;
  #held = 0;
  #widestMs = 0;
  #endsFromMs = Infinity;
  #outlived = false;

  /** Series met, of either replica. */
  get size(): number {
    return this.#size;
  }

  /** Newest sample of the replica before, Unix ms; `-Infinity`: none. */
  get highMs(): number {
    return this.#highMs;
  }

  /** No series is still to be marked as ended before this time, Unix ms; `Infinity`: none at all. */
  get orphansFromMs(): number {
    return this.#dueMs === -Infinity ? -Infinity : this.#endsFromMs;
  }

  /** Takes note of a sample the replica before has let through; of each series in order. */
  note(high: number, low: number, timestampMs: number, sample: SeamSample): void {
    let slot = this.#slotOf(high, low);
    if (this.#flags(slot) === 0) slot = this.#insert(slot, high, low);
    const at = slot * NUMBERS;
    const numbers = this.#numbers;
    const lastMs = numbers[at] ?? NaN;
    if (timestampMs <= lastMs) return;
    const flags = this.#flags(slot);
    if (!Number.isNaN(lastMs) && (flags & STALE) === 0) {
      // The shortest distance: a scrape that was missed, or an earlier seam, must not make a series look slower.
      const distanceMs = timestampMs - lastMs;
      const intervalMs = numbers[at + 2] ?? NaN;
      if (!(intervalMs <= distanceMs)) numbers[at + 2] = distanceMs;
      this.#longestMs = Math.max(this.#longestMs, distanceMs);
    }
    numbers[at] = timestampMs;
    numbers[at + 1] = sample.value;
    this.#words[slot * WORDS + 2] = sample.stale ? KNOWN | STALE : KNOWN;
    this.#highMs = Math.max(this.#highMs, timestampMs);
    this.#dueMs = -Infinity;
  }

  /**
   * The forerunner is gone: a counter of the successor that falls from here on has begun anew, whatever the clocks say. Before
   * that the fall may be one that the forerunner has shown as well.
   */
  outlive(): void {
    this.#outlived = true;
  }

  /**
   * Whether the successor's sample may go on, as far as the seam is concerned; whether it is newer than its series' last
   * one is not asked here. Wants the successor's samples in their order, also those from before the switch.
   */
  admits(high: number, low: number, timestampMs: number, sample: SeamSample): boolean {
    this.#successorHighMs = Math.max(this.#successorHighMs, timestampMs);
    const slot = this.#slotOf(high, low);
    const flags = this.#flags(slot);
    if (flags === 0) {
      // A series the forerunner did not have begins where that ended, and not with its own end.
      if (sample.stale || timestampMs <= this.#floorMs()) return false;
      // In this order: inserting may put another table in place of this one.
      const inserted = this.#insert(slot, high, low);
      this.#words[inserted * WORDS + 2] = TAKEN;
      this.#numbers[inserted * NUMBERS + 4] = timestampMs;
      return true;
    }
    // What was held back before its series was taken is held back when it is sent again, too.
    if ((flags & TAKEN) !== 0) return !(timestampMs < (this.#numbers[slot * NUMBERS + 4] ?? NaN));
    return this.#continues(slot, timestampMs, sample);
  }

  #continues(slot: number, timestampMs: number, sample: SeamSample): boolean {
    const at = slot * NUMBERS;
    const numbers = this.#numbers;
    // A request that is sent again, or comes late, must not count a second time.
    if (timestampMs <= (numbers[at + 4] ?? NaN)) return false;
    const fallsNow = this.#noteOwn(slot, timestampMs, sample);
    if (timestampMs < this.#continuesAtMs(slot)) return false;
    const hasEnded = (this.#flags(slot) & STALE) !== 0;
    if (sample.stale && hasEnded) return false;
    if (!fallsNow && this.#seemsToFall(slot, timestampMs, sample)) return false;
    this.#words[slot * WORDS + 2] = this.#flags(slot) | TAKEN;
    if (!hasEnded) this.#widestMs = Math.max(this.#widestMs, timestampMs - (numbers[at] ?? NaN));
    return true;
  }

  /** Takes note of the successor's newest sample; whether its value is below the one before. */
  #noteOwn(slot: number, timestampMs: number, { value, monotonic }: SeamSample): boolean {
    const at = slot * NUMBERS;
    const falls = (this.#numbers[at + 3] ?? NaN) > value;
    this.#numbers[at + 3] = value;
    this.#numbers[at + 4] = timestampMs;
    if (falls && monotonic && this.#outlived) this.#words[slot * WORDS + 2] = this.#flags(slot) | FELL;
    return falls;
  }

  /** What was found since this was asked last. */
  takeFindings(): SeamFindings {
    const findings = { held: this.#held, widestSeamMs: this.#widestMs };
    this.#held = 0;
    this.#widestMs = 0;
    return findings;
  }

  /**
   * The series that the successor does not have: it is well past where it would have sent them. Each is given once, with
   * the place of its stale marker: one interval behind its last sample.
   *
   * @param isLast nothing more is judged: what it would have sent by now, it does not have
   */
  takeOrphans(isLast = false): readonly Orphan[] {
    if (this.#dueMs === Infinity || (!isLast && this.#successorHighMs < this.#dueMs)) return [];
    const orphans: Orphan[] = [];
    let dueMs = Infinity;
    let endsFromMs = Infinity;
    for (let slot = 0; slot <= this.#mask; slot++) {
      const flags = this.#flags(slot);
      // Free, or a series of the forerunner that has neither ended nor been continued.
      if ((flags & (KNOWN | TAKEN | STALE)) !== KNOWN) continue;
      const lastMs = this.#numbers[slot * NUMBERS] ?? 0;
      const intervalMs = this.#intervalMs(slot);
      const pastMs = lastMs + (isLast ? this.#lastDistanceMs(slot) : patientDistanceMs(intervalMs));
      if (this.#successorHighMs < pastMs) {
        dueMs = Math.min(dueMs, pastMs);
        endsFromMs = Math.min(endsFromMs, lastMs + intervalMs);
      } else {
        orphans.push(this.#end(slot, lastMs + intervalMs));
      }
    }
    this.#dueMs = dueMs;
    this.#endsFromMs = endsFromMs;
    return orphans;
  }

  #end(slot: number, timestampMs: number): Orphan {
    const at = slot * WORDS;
    this.#words[at + 2] = this.#flags(slot) | TAKEN;
    return { high: this.#words[at] ?? 0, low: this.#words[at + 1] ?? 0, timestampMs };
  }

  /** Series the replica before did not have begin here: with what it could not send any more. */
  #floorMs(): number {
    return this.#highMs - SEND_SKEW_MS - Math.min(this.#longestMs, MAX_INTERVAL_MS);
  }

  /** Half an interval behind the last sample; right behind it where the series had ended or its interval is not known. */
  #continuesAtMs(slot: number): number {
    const lastMs = this.#numbers[slot * NUMBERS] ?? 0;
    const intervalMs = this.#numbers[slot * NUMBERS + 2] ?? NaN;
    const ended = (this.#flags(slot) & STALE) !== 0;
    return ended || Number.isNaN(intervalMs) ? lastMs + 1 : lastMs + intervalMs / 2;
  }

  /** A counter below the last value though the successor's own did not fall: its clock is ahead, its value is older. */
  #seemsToFall(slot: number, timestampMs: number, sample: SeamSample): boolean {
    if (!sample.monotonic || sample.stale || (this.#flags(slot) & (STALE | FELL)) !== 0) return false;
    const lastValue = this.#numbers[slot * NUMBERS + 1] ?? NaN;
    if (!(sample.value < lastValue) || !this.#mayBeHeld(slot, timestampMs)) return false;
    this.#held++;
    return true;
  }

  #mayBeHeld(slot: number, timestampMs: number): boolean {
    const flags = this.#flags(slot);
    const held = (flags >> HELD_SHIFT) & HELD_MASK;
    if (held >= MAX_HELD) return timestampMs < (this.#numbers[slot * NUMBERS] ?? 0) + HOLD_MS;
    this.#words[slot * WORDS + 2] = flags + (1 << HELD_SHIFT);
    return true;
  }

  /**
   * How far the successor has come at the last record when it would have sent the first sample that may go on. A series with one
   * sample may be a slow one, and there is no record later than the last to find out.
   */
  #lastDistanceMs(slot: number): number {
    return 1.5 * (this.#hasInterval(slot) ? this.#intervalMs(slot) : MAX_INTERVAL_MS);
  }

  #hasInterval(slot: number): boolean {
    return !Number.isNaN(this.#numbers[slot * NUMBERS + 2] ?? NaN);
  }

  #intervalMs(slot: number): number {
    const known = this.#numbers[slot * NUMBERS + 2] ?? NaN;
    const intervalMs = this.#hasInterval(slot) ? known : this.#longestMs || MAX_INTERVAL_MS;
    return Math.min(intervalMs, MAX_INTERVAL_MS);
  }

  #flags(slot: number): number {
    return this.#words[slot * WORDS + 2] ?? 0;
  }

  /** The slot of a fingerprint, or the free one where it would go. */
  #slotOf(high: number, low: number): number {
    const words = this.#words;
    for (let slot = (low ^ (high >>> 7)) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS;
      if (words[at + 2] === 0 || (words[at] === (high | 0) && words[at + 1] === (low | 0))) return slot;
    }
  }

  #insert(free: number, high: number, low: number): number {
    let slot = free;
    if (this.#size >= (this.#mask + 1) * MAX_LOAD) {
      this.#grow();
      slot = this.#slotOf(high, low);
    }
    this.#words.set([high, low, KNOWN], slot * WORDS);
    this.#numbers.fill(NaN, slot * NUMBERS, (slot + 1) * NUMBERS);
    this.#size++;
    return slot;
  }

  #grow(): void {
    const words = this.#words;
    const numbers = this.#numbers;
    const slots = (this.#mask + 1) * 2;
    this.#words = new Int32Array(slots * WORDS);
    this.#numbers = new Float64Array(slots * NUMBERS);
    this.#mask = slots - 1;
    for (let at = 0, from = 0; at < words.length; at += WORDS, from += NUMBERS) {
      if (words[at + 2] === 0) continue;
      const slot = this.#slotOf(words[at] ?? 0, words[at + 1] ?? 0);
      this.#words.set(words.subarray(at, at + WORDS), slot * WORDS);
      this.#numbers.set(numbers.subarray(from, from + NUMBERS), slot * NUMBERS);
    }
  }
}

/** How far past a series' last sample the successor is when it does not have the series, ms. */
function patientDistanceMs(intervalMs: number): number {
  return 2 * intervalMs + PATIENCE_MS;
}
