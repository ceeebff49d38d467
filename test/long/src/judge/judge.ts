import { type Copy, type Point, within } from '../record/copy.ts';
import { CLOCK_SERIES } from '../target/readings.ts';
import { fallsFalsely, isTwice, type Measure } from './figures.ts';

/** What was stored, and what it is judged by. */
export interface Case {
  /** Every sample of the store, as often as it has it. */
  readonly stored: Copy;
  /** Stamps of stored NaNs, stale markers among them, by series. */
  readonly markers: ReadonlyMap<string, readonly number[]>;
  /** Stamps of the stale markers the replicas sent, by series. */
  readonly sentMarkers: ReadonlyMap<string, ReadonlySet<number>>;
  /** What each replica got to ingest. */
  readonly replicas: readonly Copy[];
  readonly measure: Measure;
  /** How far apart the clocks of the replicas are, ms. */
  readonly offsetMs: number;
  /** Whether the target's clock gauge said this to somebody. */
  readonly wasServed: (clockSeconds: number) => boolean;
}

/**
 * What should not be in the store, in words; nothing where all is well:
 *
 * - no two samples of a series further apart than one and a half intervals, where a replica had one between; where clocks
 *   differ than an interval and the difference (S3);
 * - no two within half an interval, but where one replica scraped so;
 * - no counter that falls where the target's did not;
 * - nothing that no replica sent, and, from the first to the last sample of a replica in a row, all it sent;
 * - no stale marker that no replica sent: the target was never gone, but a scrape may time out.
 */
export function judge(given: Case): readonly string[] {
  const { fromMs, toMs } = given.measure;
  const findings = new Findings();
  const replicas = given.replicas.map((copy) => within(copy, fromMs, toMs));
  const keys = new Set(replicas.flatMap((copy) => [...copy.keys()]));
  const stored = within(given.stored, fromMs, toMs);
  for (const key of keys) {
    const own = replicas.map((copy) => copy.get(key) ?? []);
    judgeSeries({ given, key, points: stored.get(key) ?? [], replicas: own }, findings);
  }
  for (const [key, stamps] of given.markers) {
    const sent = given.sentMarkers.get(key);
    for (const stamp of stamps)
      if (sent?.has(stamp) !== true) findings.add('a stale marker', `${nameOf(key)} at ${stamp}`);
  }
  return findings.lines;
}

interface OneSeries {
  readonly given: Case;
  readonly key: string;
  readonly points: readonly Point[];
  readonly replicas: readonly (readonly Point[])[];
}

function judgeSeries(series: OneSeries, findings: Findings): void {
  const { key, points, replicas } = series;
  if (points.length === 0) findings.add('no sample at all', nameOf(key));
  judgeEnds(series, findings);
  let ownerAt = -1;
  let before: Point | undefined;
  for (const [at, point] of points.entries()) {
    judgePoint(series, at, point, findings);
    const sameOwner = ownerAt >= 0 && indexOf(replicas[ownerAt] ?? [], point) >= 0;
    if (before !== undefined) judgePair(series, [before, point], sameOwner ? ownerAt : -1, findings);
    if (!sameOwner) ownerAt = replicas.findIndex((own) => indexOf(own, point) >= 0);
    before = point;
  }
}

/** One sample by itself. */
function judgePoint({ given, key, points, replicas }: OneSeries, at: number, point: Point, findings: Findings): void {
  const place = `${nameOf(key)} at ${point.timestampMs}`;
  if (replicas.every((own) => indexOf(own, point) < 0)) findings.add('a sample nobody sent', place);
  if (key.includes(`"${CLOCK_SERIES}"`) && !given.wasServed(point.value)) findings.add('never served', place);
  if (fallsFalsely(key, points, at, given.measure)) findings.add('a counter falls', place);
}

/** Two neighbours: of one replica, or of two where `owner` is below 0. */
function judgePair(
  series: OneSeries,
  [before, after]: readonly [Point, Point],
  owner: number,
  findings: Findings,
): void {
  const { given, key, replicas } = series;
  const distanceMs = after.timestampMs - before.timestampMs;
  const place = `${nameOf(key)} from ${before.timestampMs} to ${after.timestampMs}`;
  const own = replicas[owner] ?? [];
  const areNext = owner >= 0 && indexOf(own, after) - indexOf(own, before) === 1;
  if (owner >= 0 && !areNext && distanceMs > 0) findings.add('a scrape of the replica itself is missing', place);
  if (distanceMs === 0) findings.add('a sample stored twice', place);
  else if (!areNext && isTwice(distanceMs, given.measure)) findings.add('two samples within half an interval', place);
  if (isHole(before.timestampMs, after.timestampMs, series)) findings.add('a hole', `${place} (${distanceMs} ms)`);
}

/** Between the ends of the span and the first and last sample. */
function judgeEnds({ given, key, points, replicas }: OneSeries, findings: Findings): void {
  const { fromMs, toMs } = given.measure;
  const series = { given, key, points, replicas };
  const [first, last] = [points[0]?.timestampMs ?? toMs, points.at(-1)?.timestampMs ?? fromMs];
  if (isHole(fromMs, first, series)) findings.add('nothing at the beginning', `${nameOf(key)} to ${first}`);
  if (isHole(last, toMs, series)) findings.add('nothing at the end', `${nameOf(key)} from ${last}`);
}

/** Whether a distance is wider than it may be, and a replica had a sample with half an interval to both ends. */
function isHole(fromMs: number, toMs: number, { given, replicas }: OneSeries): boolean {
  const { intervalMs, toleranceMs } = given.measure;
  const mostMs = Math.max(1.5 * intervalMs, intervalMs + Math.abs(given.offsetMs)) + toleranceMs;
  if (toMs - fromMs <= mostMs) return false;
  const [least, most] = [fromMs + intervalMs / 2, toMs - intervalMs / 2];
  return replicas.some((own) => own.some(({ timestampMs }) => timestampMs >= least && timestampMs <= most));
}

/** Where a point is in a replica's own samples; −1: it is not. */
function indexOf(own: readonly Point[], { timestampMs, value }: Point): number {
  let [low, high] = [0, own.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((own[middle]?.timestampMs ?? Infinity) < timestampMs) low = middle + 1;
    else high = middle;
  }
  const found = own[low];
  return found?.timestampMs === timestampMs && found.value === value ? low : -1;
}

/** Findings by kind: how many, and the first one, for a whole scrape would drown what matters. */
class Findings {
  readonly #found = new Map<string, { readonly first: string; count: number }>();

  add(kind: string, place: string): void {
    const found = this.#found.get(kind);
    if (found === undefined) this.#found.set(kind, { first: place, count: 1 });
    else found.count++;
  }

  get lines(): readonly string[] {
    return [...this.#found].map(([kind, { first, count }]) => `${kind}: ${count} times, first ${first}`);
  }
}

/** `load_steady_total 0007`. */
function nameOf(key: string): string {
  const labels = JSON.parse(key) as Readonly<Record<string, string>>;
  return [labels['__name__'], labels['series']].filter((part) => part !== undefined).join(' ');
}
