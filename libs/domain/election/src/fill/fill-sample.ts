import { type SeamSample } from '../seam-table.ts';

/** What a fill looks at in a sample beside its time. */
export interface FillSample extends SeamSample {
  /** Halves of the hash of its job and instance. */
  readonly targetHigh: number;
  readonly targetLow: number;
  /** Whether it is a series that a scrape writes about itself: `up`, or one of `scrape_duration_seconds` and its like. */
  readonly report: 'up' | 'scrape' | undefined;
}

/** Says whether a sample goes on. */
export interface FillJudge {
  admits(high: number, low: number, timestampMs: number, sample: FillSample): boolean;
}

/** Is shown samples. */
export type FillVisitor = (high: number, low: number, timestampMs: number, sample: FillSample) => void;

/** Who has let a sample through that a fill finds: `other` is neither the elected replica nor the standby of now. */
export type FillSource = 'elected' | 'standby' | 'other';

/** Whether a replica says by a sample that it does not have the series. */
export function isAway({ stale, report, value }: FillSample): boolean {
  return stale || (report === 'up' && value === 0);
}
