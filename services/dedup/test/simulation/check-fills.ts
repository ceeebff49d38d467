import { SETTINGS } from '../pipeline.ts';
import { isCounter, named, type KeyRun } from './check-samples.ts';
import { type Findings } from './findings.ts';
import { type Out } from './output.ts';
import { type Sample } from './prometheus.ts';
import { reportsOf, type Entry } from './records.ts';
import { HOLD_MS, SKEW_MS, type Candidate, type ReignView } from './seam-view.ts';
import { faultsOf, type Cluster, type Replica, type World } from './world.ts';

/** A target counts as down for a replica for at most so long after a report (two intervals of 60 s, and the skew). */
const DOWN_MS = 130_000;
/** A marker is held until the standby is so far past it, and one interval. */
const PATIENCE_MS = 30_000;

const FAILOVER_MS = SETTINGS.elections.failoverTimeoutMs;

/** The target of a series. */
function targetOf(series: string): string {
  return series.slice(series.indexOf('{') + 1, -1);
}

function intervalOf({ targets }: Cluster, series: string): number {
  return targets.find(({ name }) => name === targetOf(series))?.intervalMs ?? Infinity;
}

/** What the checks of SPEC "Fills" need of one reign. */
interface FillView {
  readonly run: KeyRun;
  readonly world: World;
  readonly view: ReignView;
  readonly elected: Replica;
  /** The only other replica of the cluster. */
  readonly standby: Replica;
  readonly findings: Findings;
}

/** D2, D3 and D5: what can be filled is. */
export function checkFills(run: KeyRun, world: World, findings: Findings): void {
  for (const view of run.views) {
    checkFilledSources(run, view, findings);
    const { replicas } = run.cluster;
    const elected = replicas.find(({ name }) => name === view.reign.replica);
    const standby = replicas.find(({ name }) => name !== view.reign.replica);
    if (elected === undefined || standby === undefined || replicas.length > 2) continue;
    const fills: FillView = { run, world, view, elected, standby, findings };
    for (const [series, outs] of bySeries(view.outs)) {
      checkGaps(fills, series, outs);
      checkMarkers(fills, outs);
    }
    checkHeld(fills);
  }
}

function bySeries(outs: readonly Out[]): ReadonlyMap<string, readonly Out[]> {
  const found = new Map<string, Out[]>();
  for (const out of outs) found.set(out.series, [...(found.get(out.series) ?? []), out]);
  return found;
}

/** What is filled was sent by another replica than the elected one, or is an end; of `up` nothing is. */
function checkFilledSources({ key, entries }: KeyRun, view: ReignView, findings: Findings): void {
  const byOffset = new Map(entries.map((entry) => [entry.offset, entry]));
  for (const out of view.outs) {
    if (out.fill === undefined) continue;
    const entry = byOffset.get(out.sourceOffset);
    const isSent = entry?.samples.some(
      ({ series, stampMs, stale, value }) =>
        series === out.series && stampMs === out.stampMs && stale === out.stale && (stale || value === out.value),
    );
    const isOther = entry?.replica.name !== view.reign.replica;
    if (out.stale) findings.count('ends written by fills');
    else findings.count(isOther ? 'samples filled' : 'samples of the elected replica that waited for a fill');
    const isGood = out.series.startsWith('up{') ? false : out.stale || isSent === true;
    if (!isGood) findings.violate('D1', key, `${named(out)} of record ${out.sourceOffset} fills nothing`);
  }
}

/** D2: where the standby had a sample that would have narrowed a gap, and in time, it is there. */
function checkGaps(fills: FillView, series: string, outs: readonly Out[]): void {
  // A counter may be held back where clocks differ.
  if (!series.startsWith('temperature')) return;
  for (const [i, after] of outs.entries()) {
    const before = outs[i - 1];
    if (before !== undefined && !before.stale && !after.stale) checkGap(fills, series, { before, after });
  }
}

function checkGap(fills: FillView, series: string, gap: Gap): void {
  const { run, findings, view } = fills;
  const { before, after } = gap;
  const isAtFill = before.fill !== undefined || after.fill !== undefined;
  if (isAtFill) checkNarrow(fills, series, gap);
  const widthMs = after.stampMs - before.stampMs;
  if (widthMs <= 1.5 * intervalOf(run.cluster, series) + slackOf(fills)) return;
  if (!isAtFill && !isFillable(fills, series, gap)) return;
  const fitting = fittingSample(fills, series, gap);
  if (fitting !== undefined && fitting.entry.offset > view.seamEndOffset) {
    const where = `${named(fitting.sample)} of record ${fitting.entry.offset}`;
    findings.violate('D2', run.key, `${named(before)} → ${named(after)} is not filled with ${where}`);
  } else if (isAtFill) findings.count('gaps at fills beyond 1.5 intervals: nobody had a sample in time');
}

/** How far scrapes of either replica may be off their beat, ms. */
function slackOf({ elected, standby }: FillView): number {
  return elected.jitterMs + standby.jitterMs;
}

function checkNarrow(fills: FillView, series: string, { before, after }: Gap): void {
  const { run, findings } = fills;
  const intervalMs = intervalOf(run.cluster, series);
  const widthMs = after.stampMs - before.stampMs;
  const halves = Math.ceil((widthMs - slackOf(fills)) / (intervalMs / 2));
  findings.count(`gaps at fills, up to ${halves / 2} intervals`);
  // A replica that was paused scrapes off its beat when it wakes: two of its own are as near as it has sent them.
  const isOfOne = (before.fill === undefined) === (after.fill === undefined);
  if (isOfOne || widthMs >= intervalMs / 2 - slackOf(fills)) return;
  if (isLate(run, after)) findings.count('samples behind a fill, nearer than half an interval: their shard was late');
  else if (!isPaceKnown(run, series, after))
    findings.count('samples behind a fill, nearer than half an interval: nobody had shown it');
  else findings.violate('D2', run.key, `too narrow: ${named(before)} → ${named(after)}`);
}

/** Whether a replica has sent two samples of a series before: from one alone nobody knows how far apart they are. */
function isPaceKnown({ entries }: KeyRun, series: string, { sourceOffset }: Out): boolean {
  const sent = new Map<string, number>();
  for (const { replica, samples, offset } of entries) {
    if (offset >= sourceOffset) break;
    const own = samples.filter((each) => each.series === series).length;
    sent.set(replica.name, (sent.get(replica.name) ?? 0) + own);
  }
  return [...sent.values()].some((count) => count > 1);
}

/** Whether a sample came in a record that was held up beyond the skew: another shard of its sender may have closed the fill. */
function isLate({ entries }: KeyRun, { series, sourceOffset }: Out): boolean {
  const entry = entries.find(({ offset }) => offset === sourceOffset);
  if (entry === undefined) return false;
  return entry.samples.some((each) => each.series === series && entry.atMs - each.realMs > SKEW_MS);
}

interface Gap {
  readonly before: Out;
  readonly after: Out;
}

/**
 * A sample of either replica that would have narrowed a gap, and came in time: before what is behind the gap, or within the
 * skew of it where that is the elected replica's and waits.
 */
function fittingSample(
  fills: FillView,
  series: string,
  gap: Gap,
): { readonly sample: Sample; readonly entry: Entry } | undefined {
  const { before, after } = gap;
  const halfMs = intervalOf(fills.run.cluster, series) / 2;
  for (const entry of entriesInTime(fills, gap)) {
    const { jitterMs } = entry.replica;
    const sample = entry.samples.find(
      (each) =>
        each.series === series &&
        !each.stale &&
        each.stampMs >= before.stampMs + halfMs + jitterMs &&
        each.stampMs <= after.stampMs - halfMs - jitterMs,
    );
    if (sample !== undefined) return { sample, entry };
  }
  return undefined;
}

/** Records that may have had something for a gap. */
function entriesInTime({ run, standby, elected }: FillView, { before, after }: Gap): readonly Entry[] {
  const behind = run.entries.find(({ offset }) => offset === after.sourceOffset);
  const waits = behind?.replica === elected && before.fill !== undefined;
  return run.entries.filter(({ replica, offset, atMs }) => {
    if (offset < after.sourceOffset) return replica === elected || replica === standby;
    return waits && replica === standby && atMs < behind.atMs + SKEW_MS;
  });
}

/** Whether the target was down for the elected replica alone, and that was known in time. */
function isFillable(fills: FillView, series: string, { before, after }: Gap): boolean {
  const { run, elected, standby, view } = fills;
  const isReport = ({ series: up }: Sample): boolean => up === `up{${targetOf(series)}}`;
  const reports = run.entries.filter((entry) => reportsOf(entry).some(isReport));
  const ofElected = reports.find(
    (entry) =>
      entry.replica === elected &&
      entry.offset < after.sourceOffset &&
      // What has waited for its first barrier, in a shard, goes on as it came.
      entry.offset >= view.reign.offset &&
      entry.offset > view.seamEndOffset &&
      reportsOf(entry).some(
        (sample) => isReport(sample) && sample.stampMs > before.stampMs && sample.stampMs < after.stampMs,
      ),
  );
  if (ofElected === undefined || !isHeard(fills, ofElected.atMs)) return false;
  const ofStandby = reports.some(
    (entry) =>
      entry.replica === standby &&
      reportsOf(entry).some(
        (sample) =>
          isReport(sample) && sample.stampMs > before.stampMs - DOWN_MS && sample.stampMs < after.stampMs + DOWN_MS,
      ),
  );
  // Whose series were in another record than its `up`, or who forgot them, is known to have none a while later.
  const said = run.entries.some(
    ({ replica, offset, samples }) =>
      replica === elected &&
      offset >= ofElected.offset &&
      offset < after.sourceOffset &&
      samples.some((sample) => sample.series === series && sample.stale && sample.stampMs > before.stampMs),
  );
  return !ofStandby && said && isAlone(fills);
}

/** Whether the standby was heard shortly before a time, and was well. */
function isHeard({ run, standby }: FillView, atMs: number): boolean {
  const faults = [...faultsOf(standby, 'pause'), ...faultsOf(standby, 'cut'), ...faultsOf(standby, 'crash')];
  if (faults.some(({ fromMs, untilMs }) => fromMs < atMs + DOWN_MS && untilMs > atMs - DOWN_MS)) return false;
  return run.entries.some((entry) => entry.replica === standby && entry.atMs <= atMs && entry.atMs > atMs - 100_000);
}

/** Whether so few targets are lost that looking back is affordable at any time. */
function isAlone({ elected, run }: FillView): boolean {
  return faultsOf(elected, 'lost-target').length <= 4 && run.cluster.targets.length <= 3;
}

/** D3: a marker that came with the report of its target does not go on while the standby has the series. */
function checkMarkers(fills: FillView, outs: readonly Out[]): void {
  for (const [i, out] of outs.entries()) {
    const before = outs[i - 1];
    if (!out.stale || out.fill !== undefined || before === undefined || before.stale) continue;
    if (!isReportedWith(fills, out) || !goesOnAtStandby(fills, out)) continue;
    const gap = { before, after: { ...out, sourceOffset: Infinity, stampMs: out.stampMs + 1 } };
    if (!isFillable(fills, out.series, gap)) continue;
    fills.findings.violate('D3', fills.run.key, `${named(out)} ends a series that the standby has`);
  }
}

/** Whether the record of a marker reports the target, too, while no seam is open. */
function isReportedWith({ run, elected, view }: FillView, { series, sourceOffset }: Out): boolean {
  const entry = run.entries.find(({ offset }) => offset === sourceOffset);
  if (entry?.replica !== elected || entry.offset <= view.seamEndOffset || view.reign.epoch === 0) return false;
  const up = `up{${targetOf(series)}}`;
  return reportsOf(entry).some(({ series: reported }) => reported === up);
}

/** Whether the standby has a sample of a series within an interval and a half. */
function goesOnAtStandby({ run, standby }: FillView, { series, stampMs }: Out): boolean {
  const untilMs = stampMs + 1.5 * intervalOf(run.cluster, series);
  const isNext = (sample: Sample): boolean =>
    sample.series === series && !sample.stale && sample.stampMs > stampMs && sample.stampMs < untilMs;
  return run.entries.some(({ replica, samples }) => replica === standby && samples.some(isNext));
}

/** D5: a marker that did not go on is followed by something. */
function checkHeld({ run, world, view, standby, findings }: FillView): void {
  const goesOnMs = Math.max(...run.entries.filter(({ replica }) => replica === standby).map(({ atMs }) => atMs));
  for (const { sample, entry } of view.candidates) {
    const { series, stale, stampMs } = sample;
    if (!stale || entry.offset < view.reign.offset || view.reign.epoch === 0) continue;
    const intervalMs = intervalOf(run.cluster, series);
    const dueMs = entry.atMs + 2 * intervalMs + PATIENCE_MS + 60_000;
    if (dueMs > Math.min(world.durationMs, goesOnMs, view.reign.untilOffset === Infinity ? Infinity : 0)) continue;
    const before = view.outs.findLast((out) => out.series === series && out.stampMs < stampMs - intervalMs / 2);
    const isFollowed = run.outs.some((out) => out.series === series && out.stampMs > stampMs - intervalMs / 2);
    if (before === undefined || before.stale || isFollowed) continue;
    findings.violate('D5', run.key, `${named(sample)} was held for ever`);
  }
}

/** Why a sample of the elected replica may not have come out: its target was filled. */
export function verdictOfFill({ sample, entry }: Candidate, view: ReignView): string | undefined {
  const { outs } = view;
  const { series, stampMs, stale } = sample;
  const own = outs.filter((out) => out.series === series);
  const filled = own.filter((out) => out.fill !== undefined);
  const after = own.find((out) => out.stampMs > stampMs);
  if (filled.length === 0) return verdictUnfilled({ sample, entry }, view, own);
  if (stale) return 'a marker of a series that is filled';
  if (after === undefined && isAtEndOfLog(entry, view)) return 'waits for a fill';
  const last = filled.findLast((out) => out.stampMs < stampMs);
  if (last === undefined) return 'older than what was filled';
  return verdictBehind({ sample, entry }, last, after);
}

/** The same of a series of which nothing was filled. */
function verdictUnfilled(candidate: Candidate, view: ReignView, own: readonly Out[]): string | undefined {
  const { series, stampMs, stale } = candidate.sample;
  const after = own.find((out) => out.stampMs > stampMs);
  if (!stale) return after === undefined && returns(view, candidate, own.at(-1)) ? 'waits for a fill' : undefined;
  if (series.startsWith('up{')) return undefined;
  // Held, and then the elected replica had it again; or held when another one was elected, or the log ended (D5).
  return after === undefined ? 'a marker that is held' : 'a marker that came to nothing';
}

/** Whether a series comes back as the log ends, whose end the elected replica has sent and that is held (D10). */
function returns(view: ReignView, { sample: { series, stampMs }, entry }: Candidate, last: Out | undefined): boolean {
  const isEnd = ({ sample }: Candidate): boolean =>
    sample.series === series &&
    sample.stale &&
    sample.stampMs < stampMs &&
    sample.stampMs > (last?.stampMs ?? -Infinity);
  return isAtEndOfLog(entry, view) && view.candidates.some(isEnd);
}

/** Whether what waits since a record may wait on: nobody else was elected, and the cluster is not vacant. */
function isAtEndOfLog({ atMs }: Entry, { reign, lastMs }: ReignView): boolean {
  return reign.untilOffset === Infinity && reign.isGivenUp !== true && lastMs < atMs + SKEW_MS;
}

/** Why a sample did not come out that is newer than one that was filled. */
function verdictBehind({ sample, entry }: Candidate, last: Out, after: Out | undefined): string | undefined {
  const { series, stampMs, value } = sample;
  // With nothing behind it nobody has sent anything that was nearer.
  const halfMs = intervalOf(entry.cluster, series) / 2 + 2 * entry.replica.jitterMs;
  const nearMs = after === undefined ? halfMs : after.stampMs - stampMs;
  if (stampMs - last.stampMs <= Math.max(1000, nearMs)) return 'too near to what was filled';
  if (after?.fill !== undefined) return 'older than what was filled';
  const seemsToFall = isCounter(series) && value < last.value;
  return seemsToFall && stampMs < last.stampMs + HOLD_MS + 4 * FAILOVER_MS ? 'held back' : undefined;
}
