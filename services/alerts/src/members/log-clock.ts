import { type AlertsClock } from '../clock.ts';

/** Share of a new measurement in what is believed. */
const WEIGHT = 0.2;
/** A measurement that took longer says little, ms. */
const MAX_ROUND_TRIP_MS = 1000;
/** By how much time may stand still rather than go back, ms; beyond it the clock was set. */
const MAX_STILL_MS = 2000;

/** Log time: an instance's own clock, and how far the log's is from it as its own records tell. Never goes back a little. */
export class LogClock implements AlertsClock {
  readonly #own: AlertsClock;
  #offsetMs: number | undefined;
  #lastMs = 0;

  constructor(own: AlertsClock) {
    this.#own = own;
  }

  /** How far the log's clock is ahead, ms; 0 as long as nothing was measured. */
  get offsetMs(): number {
    return this.#offsetMs ?? 0;
  }

  now(): number {
    const nowMs = Math.round(this.#own.now() + this.offsetMs);
    if (nowMs > this.#lastMs || this.#lastMs - nowMs > MAX_STILL_MS) this.#lastMs = nowMs;
    return this.#lastMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<boolean> {
    return this.#own.sleep(ms, signal);
  }

  /** A record of this instance was read back: when it was sent (by the own clock), and appended (by the log's), Unix ms. */
  measured(sentAtMs: number, appendedAtMs: number): void {
    const roundTripMs = this.#own.now() - sentAtMs;
    if (roundTripMs < 0 || roundTripMs > MAX_ROUND_TRIP_MS) return;
    // It was appended at some time in between; where that fits to what is believed, nothing is learnt.
    const leastMs = appendedAtMs - sentAtMs - roundTripMs;
    const mostMs = appendedAtMs - sentAtMs;
    const offsetMs = this.#offsetMs;
    if (offsetMs === undefined) this.#offsetMs = within(0, leastMs, mostMs);
    else this.#offsetMs = offsetMs + WEIGHT * (within(offsetMs, leastMs, mostMs) - offsetMs);
  }
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
