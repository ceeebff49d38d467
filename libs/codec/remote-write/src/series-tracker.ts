import { type SampleList } from '@tandem/series';

/** Takes note of the newest sample of each series; `SeriesTable` is one. */
export interface SeriesTracker {
  /**
   * True when the sample is newer than its series' last one. The halves of the fingerprint are signed integers.
   *
   * @param item what is asked about, until this returns
   */
  advance(high: number, low: number, timestampMs: number, item: ItemView): boolean;
  /**
   * The same for many samples, in their order, by a tracker that asks nothing about them: cheaper. The list ends with the
   * call. Absent: {@link advance} is asked about each.
   *
   * @param drop to be told, in ascending order, the places in the list of those for which {@link advance} would be false
   */
  readonly advanceAll?: ((samples: SampleList, drop: (index: number) => void) => void) | undefined;
}

/**
 * The item a tracker is asked about: a sample or a native histogram. One object, reused from call to call, which
 * computes only what is read of it.
 */
export interface ItemView {
  /** A float sample's value; a native histogram's count. NaN for a stale marker. */
  readonly value: number;
  /** A stale marker (of a native histogram: its sum is one). */
  readonly stale: boolean;
  /**
   * Whether the value only grows until it resets. Of a native histogram: unless its reset hint is GAUGE. Of a float
   * sample, by 2.0's metadata type: a counter and a histogram do; a gauge, a gauge histogram, an info and a state set
   * do not. A summary has both kinds of series, and 1.0 names no type: then, as when the type is unspecified or unknown,
   * it is a metric name that ends in `_total`, `_count`, `_sum` or `_bucket`, which are the suffixes by which PromQL
   * takes a metric for a counter (its annotation "metric might not be a counter").
   *
   * `_sum` falls where observations are negative, which OpenMetrics and Prometheus' advice on histograms except from the
   * rule: a sum is a counter as long as there are none.
   */
  readonly monotonic: boolean;
  /**
   * Halves, signed integers, of the hash of the series' job and instance: the target it was scraped from, as
   * `Summary.downTargets` names it in hexadecimal digits.
   */
  readonly targetHigh: number;
  readonly targetLow: number;
  /** Whether Prometheus wrote the series about a scrape: `up`, or a number about it (`scrape_duration_seconds` …). */
  readonly report: 'up' | 'scrape' | undefined;
}
