import { type Election } from '@tandem/records';

import { type ClusterName } from './cluster-name.ts';
import { silenceOf } from './election-json.ts';
import { type SampleCopy, type SampleOutput } from './series-window.ts';
import { formatSpan, formatTime } from './times.ts';
import { VERDICT_WORDS } from './verdict-text.ts';
import { electedAt, isOut, verdictOn, type Evidence, type OutVerdict, type Verdict } from './verdict.ts';

/** A copy, who was elected when it came, and what became of it. */
export interface JudgedCopy extends SampleCopy {
  readonly elected: Election | undefined;
  readonly verdict: Verdict;
}

/** Something that came out, but of none of the copies. */
export interface Unmatched extends SampleOutput {
  /** `made-at-seam`, `made-in-fill`: by dedup, to end a series; `source-unread`: its record of `samples` was not among those read. */
  readonly origin: 'made-at-seam' | 'made-in-fill' | 'source-unread' | 'unknown';
}

/** What became of a series near a time. */
export interface Explanation {
  readonly name: ClusterName;
  readonly partition: number;
  /** Of a spread cluster; `null`: it is not spread. */
  readonly shard: number | null;
  /** The series as a selector. */
  readonly series: string;
  /** Unix ms. */
  readonly timeMs: number;
  readonly windowMs: number;
  /** In the order of their times. */
  readonly copies: readonly JudgedCopy[];
  readonly unmatched: readonly Unmatched[];
  readonly elections: readonly Election[];
}

/** Judges copies in the order of the log, and gives them in the order of time. */
export function judgeCopies(copies: readonly SampleCopy[], evidence: Evidence): readonly JudgedCopy[] {
  const seen = new Set<string>();
  const judged = copies.map((copy): JudgedCopy => {
    const verdict = verdictOn(copy, evidence);
    const place = `${copy.offset}/${copy.timestampMs}`;
    const isSecond = seen.has(place) && isOut(verdict);
    seen.add(place);
    const elected = electedAt(evidence, copy.offset);
    // A record may hold a time twice; it came out once.
    return {
      ...copy,
      elected,
      verdict: isSecond && isOut(verdict) ? { kind: 'repeat', of: copy.offset, deduped: verdict.deduped } : verdict,
    };
  });
  return judged.toSorted((a, b) => a.timestampMs - b.timestampMs || a.offset - b.offset);
}

/** What came out of none of the copies. */
export function unmatchedOf(
  outputs: readonly SampleOutput[],
  copies: readonly SampleCopy[],
  read: { readonly from: number; readonly until: number },
): readonly Unmatched[] {
  const sources = new Set(copies.map(({ offset, timestampMs }) => `${offset}/${timestampMs}`));
  return outputs
    .filter(({ sourceOffset, timestampMs }) => !sources.has(`${sourceOffset}/${timestampMs}`))
    .map((output) => ({ ...output, origin: originOf(output, read) }))
    .toSorted((a, b) => a.timestampMs - b.timestampMs || a.offset - b.offset);
}

function originOf(
  { sourceOffset, kind, filled }: SampleOutput,
  { from, until }: { readonly from: number; readonly until: number },
): Unmatched['origin'] {
  if (sourceOffset < from || sourceOffset >= until) return 'source-unread';
  if (kind !== 'stale') return 'unknown';
  return filled ? 'made-in-fill' : 'made-at-seam';
}

/** What came out and why, in a sentence or a few. */
export function conclusion(explanation: Explanation): string {
  const { copies, unmatched, timeMs, windowMs } = explanation;
  const around = `within ${formatSpan(windowMs)} of ${formatTime(timeMs)}`;
  if (copies.length + unmatched.length === 0) {
    return `Nothing came out: no sample of this series ${around} is in the records that were read.`;
  }
  const emitted = emittedBy(explanation);
  const out = emitted.length === 0 ? 'Nothing came out' : `What came out ${around}: ${emitted.join(', ')}`;
  const rest = notEmittedBy(copies);
  const notOut =
    rest.length === 0 ? '' : `; ${emitted.length === 0 ? 'what was sent' : 'what did not'}: ${rest.join(', ')}`;
  return [`${out}${notOut}.`, ...changesOf(explanation)].join(' ');
}

function emittedBy({ copies, unmatched }: Explanation): readonly string[] {
  const counts = new Map<string, number>();
  for (const { replica, verdict } of copies) {
    if (isOut(verdict)) count(counts, `of ${replica}${epochText(verdict.epoch, HOW[verdict.kind])}`);
  }
  for (const { replica, epoch, origin } of unmatched) {
    count(counts, `${MADE[origin] ?? `of ${replica ?? 'no pair'} whose record was not read`}${epochText(epoch, '')}`);
  }
  return Array.from(counts, ([what, number]) => `${number} ${what}`);
}

/** How a copy came out, beside its epoch. */
const HOW: Readonly<Record<OutVerdict['kind'], string>> = {
  emitted: '',
  'read-again': ', read again at its seam',
  filled: ', filled',
};

/** What dedup has made by itself. */
const MADE: Readonly<Partial<Record<Unmatched['origin'], string>>> = {
  'made-at-seam': 'stale marker made at the seam',
  'made-in-fill': 'stale marker made when its target was filled',
};

function epochText(epoch: number | null, how: string): string {
  return epoch === null ? '' : ` (epoch ${epoch}${how})`;
}

function notEmittedBy(copies: readonly JudgedCopy[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { replica, verdict } of copies) {
    if (isOut(verdict)) continue;
    count(counts, `of ${replica} (${VERDICT_WORDS[verdict.kind]})`);
  }
  return Array.from(counts, ([what, number]) => `${number} ${what}`);
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** The elections in between. */
function changesOf({ copies, unmatched, elections }: Explanation): readonly string[] {
  const epochs = [
    ...copies.flatMap(({ verdict, elected }) => ['epoch' in verdict ? verdict.epoch : null, elected?.epoch ?? null]),
    ...unmatched.map(({ epoch }) => epoch),
  ].filter((epoch) => epoch !== null);
  const [least, most] = [Math.min(...epochs), Math.max(...epochs)];
  return elections.filter(({ epoch }) => epoch > least && epoch <= most).map(changeText);
}

function changeText(election: Election): string {
  const { replica, epoch, electedAtMs, previousReplica, reason } = election;
  const silenceMs = silenceOf(election);
  const why =
    previousReplica === null || silenceMs === null || reason !== 'failover'
      ? reason
      : `${reason}: ${previousReplica} had been silent for ${formatSpan(silenceMs)}`;
  return `${replica} was elected at ${formatTime(electedAtMs)} (epoch ${epoch}, ${why}).`;
}
