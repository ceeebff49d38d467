import { kindOf } from '../target/readings.ts';
import { type RecordedRequest, type Recording } from './recording.ts';

/** One sample. */
export interface Point {
  /** Unix ms. */
  readonly timestampMs: number;
  readonly value: number;
}

/** Samples of the target's series by `seriesKey`, each series in the order of its stamps; no stale markers. */
export type Copy = ReadonlyMap<string, readonly Point[]>;

/** What a store would have of some requests: each stamp of a series once, the first one that came. */
export function copyOf({ series }: Pick<Recording, 'series'>, requests: readonly RecordedRequest[]): Copy {
  const kept = series.map(({ key, labels }) => ({
    key,
    isOfTarget: kindOf(labels['__name__'] ?? '') !== undefined,
    points: new Map<number, Point>(),
  }));
  for (const request of requests) {
    for (const [at, number] of request.series.entries()) {
      const own = kept[number];
      const point = pointAt(request, at);
      if (own?.isOfTarget !== true || Number.isNaN(point.value) || own.points.has(point.timestampMs)) continue;
      own.points.set(point.timestampMs, point);
    }
  }
  const filled = kept.filter(({ points }) => points.size > 0);
  return new Map(filled.map(({ key, points }) => [key, ordered([...points.values()])]));
}

function pointAt({ timestampsMs, values }: RecordedRequest, at: number): Point {
  return { timestampMs: timestampsMs[at] ?? 0, value: values[at] ?? NaN };
}

/** Stamps of the stale markers in some requests, by `seriesKey`, Unix ms. */
export function markersOf({
  requests,
  series,
}: Pick<Recording, 'requests' | 'series'>): ReadonlyMap<string, ReadonlySet<number>> {
  const markers = new Map<string, Set<number>>();
  for (const request of requests) {
    for (const [at, number] of request.series.entries()) {
      const { timestampMs, value } = pointAt(request, at);
      if (!Number.isNaN(value)) continue;
      const key = series[number]?.key ?? '';
      const own = markers.get(key) ?? new Set<number>();
      markers.set(key, own.add(timestampMs));
    }
  }
  return markers;
}

/** The requests of one replica. */
export function requestsOf({ requests }: Pick<Recording, 'requests'>, replica: string): readonly RecordedRequest[] {
  return requests.filter((request) => request.replica === replica);
}

/** In the order of their stamps. */
export function ordered(points: readonly Point[]): readonly Point[] {
  return points.toSorted((a, b) => a.timestampMs - b.timestampMs);
}

/** The points of a span, both ends within, Unix ms. */
export function within(copy: Copy, fromMs: number, toMs: number): Copy {
  const found = new Map<string, readonly Point[]>();
  for (const [key, points] of copy) {
    found.set(
      key,
      points.filter(({ timestampMs }) => timestampMs >= fromMs && timestampMs <= toMs),
    );
  }
  return found;
}

/** The metric name of a series. */
export function metricOf(key: string): string {
  return (JSON.parse(key) as Readonly<Record<string, string>>)['__name__'] ?? '';
}
