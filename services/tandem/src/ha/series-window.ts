import { type DecodedSeries } from '@tandem/remote-write';

/** What a sample is. */
export type SampleKind = 'float' | 'stale' | 'histogram';

/** A sample of a series, as far as it is shown. */
export interface SeriesSample {
  /** Unix ms. */
  readonly timestampMs: number;
  readonly kind: SampleKind;
  /** NaN where it is no float. */
  readonly value: number;
}

/** A copy of a sample, as a replica sent it. */
export interface SampleCopy extends SeriesSample {
  readonly replica: string;
  /** Log time of its record, Unix ms. */
  readonly appendedMs: number;
  /** Offset of its record in `samples`. */
  readonly offset: number;
}

/** A sample that came out. */
export interface SampleOutput extends SeriesSample {
  /** `null`: of a record of no pair. */
  readonly replica: string | null;
  readonly epoch: number | null;
  /** Offset of its record in `deduped`, and of the one of `samples` it was made of. */
  readonly offset: number;
  readonly sourceOffset: number;
  /** Whether it is of a fill: of a target the elected replica could not scrape. */
  readonly filled: boolean;
  /** Whether its record says that it is older than its series' last one. */
  readonly outOfOrder: boolean;
}

/** All samples of a series in a request, native histograms by their times alone, in the order of time. */
export function samplesOf({ samples, histogramTimestampsMs }: DecodedSeries): readonly SeriesSample[] {
  const floats = samples.map(({ timestampMs, value, stale }): SeriesSample => {
    return { timestampMs, value, kind: stale ? 'stale' : 'float' };
  });
  const histograms = histogramTimestampsMs.map((timestampMs): SeriesSample => {
    return { timestampMs, value: NaN, kind: 'histogram' };
  });
  return [...floats, ...histograms].toSorted((a, b) => a.timestampMs - b.timestampMs);
}

/** A sample's value as Prometheus writes it; words for what is no number. */
export function formatValue({ kind, value }: SeriesSample): string {
  if (kind === 'stale') return 'stale marker';
  if (kind === 'histogram') return 'histogram';
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : `${value < 0 ? '-' : '+'}Inf`;
}
