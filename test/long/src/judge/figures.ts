import { type Copy, metricOf, type Point, within } from '../record/copy.ts';
import { kindOf } from '../target/readings.ts';

/** Half an interval, less what a scrape that is late makes the interval before it shorter. */
const TWICE = 0.45;

/** What a copy came to within a span. */
export interface Figures {
  /** Intervals without a sample, of a series on average. */
  readonly intervalsMissing: number;
  /** Widest distance of two samples of a series, or of one and an end of the span, ms. */
  readonly widestMs: number;
  /** Samples within half an interval of the one before, of a series on average. */
  readonly samplesTwice: number;
  /** Counters that fall where the target's did not. */
  readonly countersFallen: number;
  readonly samples: number;
}

/** What a copy is measured by. */
export interface Measure {
  readonly intervalMs: number;
  /** How much scrapes may be off their beat, ms. */
  readonly toleranceMs: number;
  /** The span, Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether the target's resetting counters may fall between two stamps. */
  readonly resetsWithin: (fromMs: number, toMs: number) => boolean;
}

/** Measures the target's series in a copy. */
export function figuresOf(copy: Copy, measure: Measure): Figures {
  let [missing, widestMs, twice, countersFallen, samples] = [0, 0, 0, 0, 0];
  for (const [key, points] of within(copy, measure.fromMs, measure.toMs)) {
    samples += points.length;
    const distances = distancesOf(points, measure);
    for (const distanceMs of distances) {
      widestMs = Math.max(widestMs, distanceMs);
      missing += intervalsMissing(distanceMs, measure);
    }
    twice += distances.slice(1, -1).filter((distanceMs) => isTwice(distanceMs, measure)).length;
    if (points.some((_, at) => fallsFalsely(key, points, at, measure))) countersFallen++;
  }
  return {
    intervalsMissing: missing / Math.max(1, copy.size),
    widestMs,
    samplesTwice: twice / Math.max(1, copy.size),
    countersFallen,
    samples,
  };
}

/** Whether two samples are one too many. */
export function isTwice(distanceMs: number, { intervalMs }: Measure): boolean {
  return distanceMs < TWICE * intervalMs;
}

/** How many samples there is no room for in a distance. */
export function intervalsMissing(distanceMs: number, { intervalMs, toleranceMs }: Measure): number {
  return distanceMs <= 1.5 * intervalMs + toleranceMs ? 0 : Math.max(1, Math.round(distanceMs / intervalMs) - 1);
}

/** Whether a counter is lower than at the sample before, and the target's was not. */
export function fallsFalsely(key: string, points: readonly Point[], at: number, { resetsWithin }: Measure): boolean {
  const [before, here] = [points[at - 1], points[at]];
  if (before === undefined || here === undefined || here.value >= before.value) return false;
  const kind = kindOf(metricOf(key));
  return kind === 'steady' || (kind === 'resetting' && !resetsWithin(before.timestampMs, here.timestampMs));
}

/** From the beginning of the span to its end. */
function distancesOf(points: readonly Point[], { fromMs, toMs }: Measure): readonly number[] {
  const stamps = [fromMs, ...points.map(({ timestampMs }) => timestampMs), toMs];
  return stamps.slice(1).map((stamp, at) => stamp - (stamps[at] ?? stamp));
}
