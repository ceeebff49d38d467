import { named, type KeyRun } from './check-samples.ts';
import { type Findings } from './findings.ts';
import { type Out } from './output.ts';
import { type Sample } from './prometheus.ts';
import { type ReignView } from './seam-view.ts';

/**
 * O1, O2, O4: what the elected replica sends out of order goes on once, and says so, where its tenant takes it, and not
 * where it does not. At a seam, and of what lies in another epoch's time, nothing of it does.
 *
 * @param all everything that came out, out of order too
 */
export function checkOutOfOrder(
  { key, cluster, entries, views }: KeyRun,
  all: readonly Out[],
  findings: Findings,
): void {
  const takes = cluster.takesOutOfOrder === true;
  const seen = new Set<string>();
  const ends = new Map<string, number>();
  for (const out of all) {
    const at = named(out);
    if (seen.has(at)) findings.violate('O1', key, `${at} comes out twice`);
    seen.add(at);
    if (out.stale) ends.set(out.series, Math.max(out.stampMs, ends.get(out.series) ?? -Infinity));
    if (!out.outOfOrder) continue;
    findings.count('samples passed on out of order');
    const trouble = takes
      ? troubleOf(out, entries, ends.get(out.series))
      : 'goes on out of order, and its tenant does not take it';
    if (trouble !== undefined) findings.violate('O4', key, `${at} ${trouble}`);
  }
  if (takes) for (const view of views) checkTaken({ key, cluster, entries, view, seen }, findings);
}

/** What is wrong with a sample that goes on out of order. @param endMs the newest end of its series so far */
function troubleOf(out: Out, entries: KeyRun['entries'], endMs = -Infinity): string | undefined {
  // A seam may have ended a series that one of the successor's shards was late with: what it sends then is behind the end.
  const isLate = entries.some(
    ({ offset, samples }) =>
      offset === out.sourceOffset &&
      samples.some(({ series, stampMs, late }) => series === out.series && stampMs === out.stampMs && late === true),
  );
  return isLate || out.stampMs <= endMs ? undefined : 'is said to be out of order';
}

interface Taken extends Pick<KeyRun, 'key' | 'cluster' | 'entries'> {
  readonly view: ReignView;
  /** What came out, by name. */
  readonly seen: ReadonlySet<string>;
}

/** What comes behind the seam, and behind all that other epochs have let through of its series, has come out. */
function checkTaken({ key, entries, view, seen }: Taken, findings: Findings): void {
  const { reign, seamEndOffset } = view;
  for (const { replica, offset, samples } of entries) {
    const isBehind = offset > Math.max(reign.offset, seamEndOffset) && offset < reign.untilOffset;
    if (!isBehind || replica.name !== reign.replica) continue;
    for (const sample of samples) {
      if (!isOfItsTime(sample, view) || seen.has(named(sample))) continue;
      findings.violate('O4', key, `${named(sample)} of record ${offset} is out of order, and lost`);
    }
  }
}

/** Whether a sample is out of an order that the epoch has begun. */
function isOfItsTime({ series, stampMs, late }: Sample, { before, outs }: ReignView): boolean {
  if (late !== true || stampMs <= (before.get(series)?.stampMs ?? -Infinity)) return false;
  // What is older than the first sample of its series that went on has no order to be out of.
  const first = outs.find((out) => out.series === series);
  return first !== undefined && stampMs > first.stampMs;
}
