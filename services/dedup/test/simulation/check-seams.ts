import { checkFills } from './check-fills.ts';
import { type Findings } from './findings.ts';
import { type Out } from './output.ts';
import { checkNothingLost, checkOrder, checkSources, isCounter, named, type KeyRun } from './check-samples.ts';
import { lastEndsOffset, showsEnd, HOLD_MS, type Known, type ReignView } from './seam-view.ts';
import { faultsOf, type Replica, type World } from './world.ts';

/** One series at one seam. */
interface SeriesSeam {
  readonly key: string;
  readonly series: string;
  readonly view: ReignView;
  readonly known: Known;
  /** First sample of the successor that came out. */
  readonly first: Out | undefined;
  readonly successor: Replica;
  /** By how much the successor's clock is ahead of the forerunner's, ms. */
  readonly aheadMs: number;
  readonly intervalMs: number;
}

/** All checks of one key. */
export function checkKey(run: KeyRun, world: World, findings: Findings): void {
  checkOrder(run, findings);
  checkSources(run, findings);
  checkNothingLost(run, findings);
  checkFills(run, world, findings);
  for (const seam of seamsOf(run)) {
    checkWidth(seam, world, findings);
    checkCounter(seam, findings);
    checkEnd(seam, findings);
  }
}

function seamsOf({ key, cluster, views }: KeyRun): readonly SeriesSeam[] {
  const replicaOf = (name: string): Replica | undefined => cluster.replicas.find((replica) => replica.name === name);
  const intervals = new Map<string, number>(
    cluster.targets.flatMap(({ name, intervalMs, series }) =>
      series.map((truth) => [`${truth.name}{${name}}`, intervalMs] as const),
    ),
  );
  return views.flatMap((view) => {
    const successor = replicaOf(view.reign.replica);
    const forerunner = replicaOf(view.reign.forerunner?.replica ?? '');
    if (successor === undefined || forerunner === undefined) return [];
    return Array.from(view.known, ([series, known]) => ({
      ...{ key, series, view, known, successor },
      first: view.outs.find((out) => out.series === series),
      aheadMs: successor.clockOffsetMs - forerunner.clockOffsetMs,
      intervalMs: intervals.get(series) ?? 0,
    }));
  });
}

/** S3: half an interval to one and a half, and one more for each sample held back. */
function checkWidth(seam: SeriesSeam, world: World, findings: Findings): void {
  const { key, series, known, first, intervalMs, aheadMs } = seam;
  const { last } = known;
  if (last.stale || first === undefined) return;
  const widthMs = first.stampMs - last.stampMs;
  const detail = `${named(last)} → ${named(first)}, ${widthMs / 1000} s at an interval of ${intervalMs / 1000} s`;
  if (!isInTime(first, seam.view)) {
    findings.count('series continued after their seam was over');
    return;
  }
  if (widthMs < (known.intervalMs ?? 0) / 2) findings.violate('S3', key, `too narrow: ${detail}`);
  if (first.stale || !isSteady(seam, world)) return;
  const label = `${world.scenario}, ${aheadText(aheadMs)}${isCounter(series) ? ', counters' : ''}`;
  findings.widths.push({ label, intervals: widthMs / intervalMs });
  const mostMs = 1.5 * intervalMs + 2 * seam.successor.jitterMs + heldOf(seam) * (intervalMs + seam.successor.jitterMs);
  if (widthMs > mostMs) findings.violate('S3', key, `too wide: ${detail}`);
}

/** Whether a sample reached the log while the seam was open. */
function isInTime({ sourceOffset }: Out, { candidates, seamEndOffset }: ReignView): boolean {
  return sourceOffset <= seamEndOffset && candidates.some(({ entry }) => entry.offset === sourceOffset);
}

function aheadText(aheadMs: number): string {
  if (aheadMs <= 0) return aheadMs === 0 ? 'level' : 'behind';
  const most = [5, 10, 20].find((seconds) => aheadMs <= seconds * 1000);
  return most === undefined ? 'more than 20 s ahead' : `up to ${most} s ahead`;
}

/** Samples of a counter that were held back, each counted once. */
function heldOf({ series, view, known, first }: SeriesSeam): number {
  if (!isCounter(series)) return 0;
  const fromMs = known.last.stampMs + (known.intervalMs ?? 0) / 2;
  const held = view.candidates.filter(
    ({ sample }) =>
      sample.series === series &&
      sample.stampMs >= fromMs &&
      sample.stampMs < (first?.stampMs ?? -Infinity) &&
      sample.value < known.last.value,
  );
  return new Set(held.map(({ sample }) => sample.stampMs)).size;
}

/** Whether the successor has scraped the series all around the seam, and everything of it has reached the log in time. */
function isSteady({ series, known, first, successor, intervalMs, view }: SeriesSeam, world: World): boolean {
  if (series.startsWith('visitor') || series.startsWith('sensor')) return false;
  const fromMs = known.last.stampMs - successor.clockOffsetMs - 2 * intervalMs;
  const untilMs = (first?.stampMs ?? Infinity) - successor.clockOffsetMs + intervalMs;
  if (fromMs < successor.startsAtMs || untilMs > world.durationMs) return false;
  const target = series.slice(series.indexOf('{') + 1, -1);
  const stops = [
    ...faultsOf(successor, 'crash'),
    ...faultsOf(successor, 'pause'),
    ...faultsOf(successor, 'lost-target').filter((fault) => fault.target === target),
  ];
  // What a crash loses is what was not sent before it.
  if (stops.some((stop) => stop.fromMs - 60_000 < untilMs && stop.untilMs > fromMs)) return false;
  return view.candidates.some(({ sample }) => sample.series === series && sample.stampMs > known.last.stampMs);
}

/** S5: a counter falls only where the successor's own does, or after two samples below. */
function checkCounter(seam: SeriesSeam, findings: Findings): void {
  const { key, series, known, first } = seam;
  const { last } = known;
  if (!isCounter(series) || first === undefined || last.stale || first.stale) return;
  findings.count('counters at seams');
  if (first.value >= last.value) return;
  const held = heldOf(seam);
  const ahead = `${seam.aheadMs / 1000} s ahead, every ${seam.intervalMs / 1000} s`;
  if (hasFallen(seam, first)) findings.count('counters that fell at seams with the successor’s own');
  else if (held >= 2 && first.stampMs >= last.stampMs + HOLD_MS) {
    findings.count(`counters that fell after half a minute, ${ahead}`);
  } else {
    const values = `${named(last)} = ${last.value} → ${named(first)} = ${first.value}`;
    findings.violate('S5', key, `a counter falls: ${values}, ${ahead}, ${held} held back`);
  }
}

/** Whether the successor's own counter had a higher value just before, or has fallen since the forerunner's end. */
function hasFallen({ series, view }: SeriesSeam, first: Out): boolean {
  const own = view.candidates.filter(({ sample }) => sample.series === series && !sample.stale);
  own.sort((x, y) => x.sample.stampMs - y.sample.stampMs);
  const goneAtMs = view.reign.forerunner?.heardAtMs ?? 0;
  return own.some(({ entry, sample }, i) => {
    const before = own[i - 1];
    if (before === undefined || sample.stampMs > first.stampMs || before.sample.value <= sample.value) return false;
    return sample.stampMs === first.stampMs || entry.atMs > goneAtMs;
  });
}

/** S6: a series that the successor does not have gets its end. */
function checkEnd({ key, series, known, first, view }: SeriesSeam, findings: Findings): void {
  if (known.last.stale || first !== undefined) return;
  if (showsEnd(view, known, lastEndsOffset(view)))
    findings.violate('S6', key, `${series} has no end, its last sample is ${named(known.last)}`);
}
