import { verdictOfFill } from './check-fills.ts';
import { type Findings } from './findings.ts';
import { labelText, type Out } from './output.ts';
import { type Sample } from './prometheus.ts';
import { labelsOf, type Entry } from './records.ts';
import { heldFromOffset } from './spread/doubts.ts';
import {
  markerDistanceMs,
  showsEnd,
  SKEW_MS,
  HOLD_MS,
  PATIENCE_MS,
  type Candidate,
  type ReignView,
} from './seam-view.ts';
import { type Cluster } from './world.ts';

/** What comes out of one key, to be held against the invariants. */
export interface KeyRun {
  readonly key: string;
  readonly cluster: Cluster;
  readonly entries: readonly Entry[];
  readonly outs: readonly Out[];
  readonly views: readonly ReignView[];
}

/** A sample in words. */
export function named({ series, stampMs }: Pick<Sample, 'series' | 'stampMs'>): string {
  return `${series}@${stampMs / 1000}`;
}

/** S1: per series strictly ascending, epochs one after the other, the labels the sender's but for the replica. */
export function checkOrder(run: KeyRun, findings: Findings): void {
  const { key, cluster, outs } = run;
  const last = new Map<string, Out>();
  let epoch = 0;
  for (const out of outs) {
    const before = last.get(out.series);
    if (before !== undefined && before.stampMs >= out.stampMs) {
      findings.violate('S1', key, `${named(out)} of epoch ${out.epoch} comes after ${named(before)}`);
    }
    if (out.epoch < epoch)
      findings.violate('S1', key, `${named(out)} of epoch ${out.epoch} comes after epoch ${epoch}`);
    if (out.labels !== labelText(labelsOf(cluster, out.series))) {
      findings.violate('S1', key, `${named(out)} has the labels ${out.labels}`);
    }
    checkSecondEnd(run, { before, out }, findings);
    epoch = Math.max(epoch, out.epoch);
    last.set(out.series, out);
  }
}

/** S6: no second end, but in an epoch without a forerunner: behind a vacancy there is no seam that knows of the first one. */
function checkSecondEnd(
  { key, views }: KeyRun,
  { before, out }: { readonly before: Out | undefined; readonly out: Out },
  findings: Findings,
): void {
  if (!out.stale || before?.stale !== true) return;
  const view = views.find(({ reign }) => reign.epoch === out.epoch);
  const isBehindVacancy = before.epoch !== out.epoch && view !== undefined && view.reign.forerunner === undefined;
  if (!isBehindVacancy) findings.violate('S6', key, `${named(out)} ends what has ended`);
}

/** Nothing comes out that the elected replica has not sent in the record it is said to be from; but ends of series. */
export function checkSources({ key, entries, views }: KeyRun, findings: Findings): void {
  const byOffset = new Map(entries.map((entry) => [entry.offset, entry]));
  for (const view of views) {
    for (const out of view.outs) {
      if (out.fill !== undefined) continue;
      const entry = byOffset.get(out.sourceOffset);
      const isSent = entry?.samples.some((sample) => isSame(sample, out)) === true;
      const isOwn = entry?.replica.name === view.reign.replica && out.sourceOffset < view.reign.untilOffset;
      if (!isOwn)
        findings.violate('S1', key, `${named(out)} is of record ${out.sourceOffset}, not of epoch ${out.epoch}`);
      else if (!isSent) checkMarker(key, view, out, findings);
    }
  }
}

function isSame(sample: Sample, out: Out): boolean {
  const { series, stampMs, stale, value } = sample;
  return series === out.series && stampMs === out.stampMs && stale === out.stale && (stale || value === out.value);
}

/** A stale marker nobody sent: one interval behind the last sample of a series, once the successor is well past that. */
function checkMarker(key: string, view: ReignView, out: Out, findings: Findings): void {
  const known = view.known.get(out.series);
  if (!out.stale || known === undefined || known.last.stale) {
    findings.violate('S1', key, `${named(out)} of epoch ${out.epoch} was sent by nobody`);
    return;
  }
  const distanceMs = markerDistanceMs(view, known);
  const dueMs = known.last.stampMs + 2 * distanceMs + PATIENCE_MS;
  const isPast = showsEnd(view, known, out.sourceOffset);
  if (out.stampMs !== known.last.stampMs + distanceMs || !isPast) {
    findings.violate('S6', key, `the marker ${named(out)} is out of place, the series ended ${named(known.last)}`);
  }
  findings.count('orphans marked');
  const isLate = view.candidates.some(
    ({ sample: { series, stampMs, stale } }) =>
      series === out.series && !stale && stampMs >= known.last.stampMs + (known.intervalMs ?? 0) / 2 && stampMs < dueMs,
  );
  if (isLate) findings.count('orphans marked though the successor had them, more than the skew late');
}

/** S2 and the accounting: what the elected replica has sent has come out, or there is a reason it may not. */
export function checkNothingLost({ key, cluster, entries, views }: KeyRun, findings: Findings): void {
  for (const view of views) {
    const account = new Account(view);
    const heldFrom = cluster.shards === undefined ? Infinity : heldFromOffset(view, entries);
    for (const candidate of view.candidates) {
      const judged = account.judge(candidate);
      const verdict = judged === 'lost' && candidate.entry.offset >= heldFrom ? 'waits for an election' : judged;
      findings.count(`accounted: ${verdict}`);
      if (verdict !== 'lost') continue;
      const { entry, sample } = candidate;
      const where = entry.offset < view.reign.offset ? 'read again' : 'live';
      findings.violate(
        'S2',
        key,
        `${named(sample)} of record ${entry.offset} (${entry.replica.name}, ${where}) is lost in epoch ${view.reign.epoch}`,
      );
    }
  }
}

/** Holds every sample a replica has sent in its reign against what came out in it. */
class Account {
  readonly #view: ReignView;
  readonly #outs = new Map<string, Out[]>();
  /** Times of the samples held back, by series: one that is sent again is held back again. */
  readonly #held = new Map<string, Set<number>>();
  /** Counters that have fallen since the forerunner's end. */
  readonly #fallen = new Set<string>();
  /** Newest sample of each series so far. */
  readonly #newest = new Map<string, Sample>();

  constructor(view: ReignView) {
    this.#view = view;
    for (const out of view.outs) this.#outs.set(out.series, [...(this.#outs.get(out.series) ?? []), out]);
  }

  judge(candidate: Candidate): string {
    const { entry, sample } = candidate;
    const { series, stampMs } = sample;
    const outs = this.#outs.get(series) ?? [];
    const before = this.#view.before.get(series);
    const newest = this.#note(sample, entry);
    if (outs.some((out) => out.stampMs === stampMs)) return 'out';
    if (before !== undefined && stampMs <= before.stampMs) return 'before the seam';
    if (outs.some((out) => out.stampMs >= stampMs && out.sourceOffset < entry.offset)) return 'repeat';
    if (sample.stale && this.#hasEnded(sample)) return 'ended before';
    const filled = verdictOfFill(candidate, this.#view);
    if (filled !== undefined) return filled;
    return entry.offset <= this.#view.seamEndOffset ? this.#atSeam(sample, newest) : 'lost';
  }

  /** Takes note of a sample; the newest of its series before it. */
  #note(sample: Sample, { atMs }: Entry): Sample | undefined {
    const { series, stampMs } = sample;
    const newest = this.#newest.get(series);
    if (stampMs <= (newest?.stampMs ?? -Infinity)) return newest;
    this.#newest.set(series, sample);
    const isGone = atMs > (this.#view.reign.forerunner?.heardAtMs ?? 0) + SKEW_MS;
    if (isGone && newest !== undefined && newest.value > sample.value) this.#fallen.add(series);
    return newest;
  }

  #hasEnded({ series, stampMs }: Sample): boolean {
    const outs = this.#outs.get(series) ?? [];
    const last = outs.findLast((out) => out.stampMs < stampMs) ?? this.#view.before.get(series);
    return last?.stale !== false;
  }

  #atSeam(sample: Sample, newest: Sample | undefined): string {
    const { series, stampMs } = sample;
    const known = this.#view.known.get(series);
    if (known === undefined) return stampMs <= this.#view.floorMs ? 'before a beginning' : 'lost';
    const { last, intervalMs = 0 } = known;
    if (!last.stale && stampMs < last.stampMs + intervalMs / 2) return 'too near';
    return this.#seemsToFall(sample, last, newest) ? 'held back' : 'lost';
  }

  #seemsToFall({ series, value, stale, stampMs }: Sample, last: Out, newest: Sample | undefined): boolean {
    if (stale || this.#fallen.has(series) || !isBelow(series, value, last)) return false;
    const held = this.#held.get(series) ?? new Set();
    this.#held.set(series, held);
    if (held.has(stampMs)) return true;
    if (newest !== undefined && newest.value > value) return false;
    if (held.size >= 2 && stampMs >= last.stampMs + HOLD_MS) return false;
    held.add(stampMs);
    return true;
  }
}

function isBelow(series: string, value: number, last: Out): boolean {
  return isCounter(series) && !last.stale && value < last.value;
}

/** Whether a series is a counter, by its name. */
export function isCounter(series: string): boolean {
  return series.includes('_total{');
}
