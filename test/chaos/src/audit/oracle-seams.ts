import { SeamTable, type SeamSample } from '@tandem/election';

import { type Sample } from '../samples.ts';
import { type ExpectedRecord } from './oracle.ts';

/** What dedup reads again at a failover unless it is told otherwise (`dedup.seam_window`), ms. */
export const SEAM_WINDOW_MS = 120_000;

/** A failover, as a seam needs it. */
export interface Succession {
  readonly epoch: number;
  /** Log time of the last record of the replica before, and of the election, Unix ms. */
  readonly heardMs: number;
  readonly nowMs: number;
}

/** The seam of one cluster: which samples of the successor continue what its forerunner sent. */
export class OracleSeam {
  readonly sinceMs: number;
  readonly epoch: number;
  readonly #untilMs: number;
  readonly #table = new SeamTable();
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  /** @param passed what went on of the cluster so far */
  constructor({ epoch, heardMs, nowMs }: Succession, passed: readonly ExpectedRecord[]) {
    this.epoch = epoch;
    this.sinceMs = heardMs - SEAM_WINDOW_MS;
    this.#untilMs = nowMs + SEAM_WINDOW_MS;
    for (const { series, timestampMs, value } of passed.flatMap(({ samples }) => samples)) {
      if (timestampMs >= this.sinceMs) this.#table.note(this.#numberOf(series), 0, timestampMs, seen(value));
    }
  }

  isOpen(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }

  admits({ series, timestampMs, value }: Sample): boolean {
    return this.#table.admits(this.#numberOf(series), 0, timestampMs, seen(value));
  }

  /** Series that end here, and the times of their stale markers. */
  takeOrphans(): ReadonlyMap<string, number> {
    return new Map(
      this.#table.takeOrphans().map(({ high, timestampMs }) => [this.#names[high - 1] ?? '', timestampMs]),
    );
  }

  #numberOf(series: string): number {
    let number = this.#numbers.get(series);
    if (number === undefined) {
      number = this.#names.push(series);
      this.#numbers.set(series, number);
    }
    return number;
  }
}

/** All series of the test are counters. */
function seen(value: number): SeamSample {
  return { value, stale: Number.isNaN(value), monotonic: true };
}
