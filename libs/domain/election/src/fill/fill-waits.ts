import { SEND_SKEW_MS } from '../seam-table.ts';
import { isAway, type FillSample } from './fill-sample.ts';
import {
  ABSENT,
  BY_STANDBY,
  INTERVAL_MS,
  LAST_MS,
  STALE,
  STANDBY_MS,
  UNTIL_MS,
  WAITING_MS,
  type FillSeries,
} from './fill-series.ts';

/** In place of the time of what waits: it is to be judged. */
const OVER = -Infinity;

/**
 * Which samples of the elected replica wait when it can scrape a target again: those behind a gap in which the standby may
 * have a sample that has not reached the log yet (SPEC.md, "Fills"). A series can wait for no longer than the skew.
 */
export class FillWaits {
  readonly #series: FillSeries;
  #nowMs = -Infinity;
  #nextMs = Infinity;
  #added = 0;
  #isOver = false;

  constructor(series: FillSeries) {
    this.#series = series;
  }

  /** Whether a sample waits: what is older than the first of its series does not. */
  has(high: number, low: number, timestampMs: number): boolean {
    const slot = this.#series.slotOf(high, low);
    return this.#series.flags(slot) !== 0 && this.#isBehind(slot, timestampMs);
  }

  /** Counts a sample that waits; it does not go on. */
  add(): false {
    this.#added++;
    return false;
  }

  /** Samples that were told to wait since it was asked last. */
  takeAdded(): number {
    const added = this.#added;
    this.#added = 0;
    return added;
  }

  /** Whether a series waits no longer that did when it was asked last. */
  takeOver(): boolean {
    if (!this.#isOver) return false;
    this.#isOver = false;
    const series = this.#series;
    for (let slot = 0; slot < series.slots; slot++) {
      if (series.flags(slot) !== 0 && this.isOver(slot)) series.setNumber(slot, WAITING_MS, NaN);
    }
    return true;
  }

  /** Whether what waited of a series is to be judged next: the standby's samples come behind it. */
  isOver(slot: number): boolean {
    return this.#series.number(slot, WAITING_MS) === OVER;
  }

  /** Whether a sample of the elected replica has to wait, or stay behind one that does. */
  mustWait(slot: number, timestampMs: number, sample: FillSample): boolean {
    const series = this.#series;
    // What is older than the first that waits cannot come behind it: it is judged as if nothing waited.
    if (this.#isWaiting(slot)) return this.#isBehind(slot, timestampMs) && !this.add();
    const flags = series.flags(slot);
    if (isAway(sample) || (flags & (ABSENT | BY_STANDBY)) === 0 || (flags & STALE) !== 0) return false;
    const leastMs = timestampMs - 1.5 * series.number(slot, INTERVAL_MS);
    // Not known how far apart its samples are, nothing missing, or the standby has none in between.
    if (!(series.number(slot, LAST_MS) < leastMs) || series.number(slot, STANDBY_MS) > leastMs) return false;
    series.setNumber(slot, WAITING_MS, timestampMs);
    series.setNumber(slot, UNTIL_MS, this.#nowMs + SEND_SKEW_MS);
    this.#nextMs = Math.min(this.#nextMs, this.#nowMs + SEND_SKEW_MS);
    return !this.add();
  }

  /** A sample of the standby: where no other can come before what waits, that waits no longer. */
  reached(slot: number, timestampMs: number): void {
    const series = this.#series;
    if (this.#isWaiting(slot) && timestampMs > series.number(slot, WAITING_MS) - 1.5 * series.number(slot, INTERVAL_MS))
      this.#end(slot);
  }

  /** Moves the clock to the log time of a record. */
  advance(nowMs: number): void {
    this.#nowMs = nowMs;
    if (nowMs < this.#nextMs) return;
    this.#nextMs = Infinity;
    this.#endWhere((untilMs) => {
      if (untilMs > nowMs) this.#nextMs = Math.min(this.#nextMs, untilMs);
      return untilMs <= nowMs;
    });
  }

  /** Nothing waits any longer: the term is over. */
  endAll(): void {
    this.#nextMs = Infinity;
    this.#endWhere(() => true);
  }

  #endWhere(isDue: (untilMs: number) => boolean): void {
    const series = this.#series;
    for (let slot = 0; slot < series.slots; slot++) {
      if (series.flags(slot) !== 0 && this.#isWaiting(slot) && isDue(series.number(slot, UNTIL_MS))) this.#end(slot);
    }
  }

  #end(slot: number): void {
    this.#series.setNumber(slot, WAITING_MS, OVER);
    this.#isOver = true;
  }

  /** Whether a sample is the first one that waits of its series, or newer. */
  #isBehind(slot: number, timestampMs: number): boolean {
    return this.#isWaiting(slot) && timestampMs >= this.#series.number(slot, WAITING_MS);
  }

  #isWaiting(slot: number): boolean {
    return this.#series.number(slot, WAITING_MS) > OVER;
  }
}
