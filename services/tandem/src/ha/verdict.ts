import { type Election } from '@tandem/records';
import { SeriesTable } from '@tandem/series';

import { type SampleCopy, type SampleOutput } from './series-window.ts';

/** What became of a copy of a sample. Offsets are of `samples` but for `deduped`. */
export type Verdict =
  /** It came out; `epoch` is `null` for a record of no pair; `outOfOrder`: behind its series' last one, as is allowed. */
  | {
      readonly kind: 'emitted';
      readonly epoch: number | null;
      readonly deduped: number;
      readonly outOfOrder: boolean;
    }
  /** It was a standby's when it came, and came out at the seam of a later epoch. */
  | { readonly kind: 'read-again'; readonly epoch: number; readonly deduped: number }
  /** Another replica was elected and could not scrape the target: it came out in its place. */
  | { readonly kind: 'filled'; readonly epoch: number; readonly deduped: number }
  /** Its replica was elected, and its target filled from another one. */
  | { readonly kind: 'held-in-fill'; readonly epoch: number; readonly standby: string }
  /** Another replica was elected. `seam`: it was read again at that epoch's seam, and what had come out was as new. */
  | { readonly kind: 'standby'; readonly elected: string; readonly epoch: number; readonly seam?: number }
  /** The same time had come out before. */
  | { readonly kind: 'repeat'; readonly of: number; readonly deduped: number }
  /** A later sample had come out before, and this one not: it was not to be passed on (`dedup.out_of_order`). */
  | { readonly kind: 'out-of-order'; readonly newestMs: number; readonly of: number; readonly deduped: number }
  /** Later samples had come out before, and it is too old to be told from a repeat. */
  | { readonly kind: 'older'; readonly newestMs: number; readonly of: number; readonly deduped: number }
  /** At the seam of an epoch, its series did not go on yet. `behindMs`: so far behind what had come out of it. */
  | { readonly kind: 'held-back'; readonly epoch: number; readonly behindMs: number | null }
  /** Of a spread cluster: nobody was elected in its shard; it waits in the log for an election. */
  | { readonly kind: 'unelected' }
  /** Dedup has not come so far. */
  | { readonly kind: 'not-yet'; readonly position: number }
  /** What is not known. */
  | { readonly kind: 'unknown'; readonly detail: string };

/** A verdict on a copy that came out. */
export type OutVerdict = Extract<Verdict, { readonly kind: 'emitted' | 'read-again' | 'filled' }>;

/** Whether a copy came out. */
export function isOut(verdict: Verdict): verdict is OutVerdict {
  return verdict.kind === 'emitted' || verdict.kind === 'read-again' || verdict.kind === 'filled';
}

/** What copies are judged by. */
export interface Evidence {
  /** Elections of the cluster in this partition, in the order of the log. */
  readonly elections: readonly Election[];
  /** Of a shard of a spread cluster: offsets from which on nobody was elected. */
  readonly ends?: readonly number[];
  /** All that is known to have come out of the series, in the order of the log. */
  readonly outputs: readonly SampleOutput[];
  /** Offset of the first record of `samples` that dedup has not committed; `undefined`: it has committed nothing. */
  readonly position: number | undefined;
  /** By epoch: the newest record of the cluster from which something came out; its offset. */
  readonly reached: ReadonlyMap<number, number>;
  /** Whether `deduped` goes on behind what was read of it. */
  readonly dedupedGoesOn: boolean;
  readonly seamWindowMs: number;
}

/** What a fill holds is followed by what it fills within two of the longest intervals and the patience, ms. */
const FILL_REACH_MS = 150_000;

/** Who was elected when a record was judged; `undefined`: no election before it is known. */
export function electedAt(
  { elections, ends = [] }: Pick<Evidence, 'elections' | 'ends'>,
  offset: number,
): Election | undefined {
  const elected = elections.findLast(({ sourceOffset }) => sourceOffset <= offset);
  const isOver = ends.some((end) => end <= offset && end > (elected?.sourceOffset ?? offset));
  return isOver ? undefined : elected;
}

/** What became of a copy, by what the log says, and no guess beyond. */
export function verdictOn(copy: SampleCopy, evidence: Evidence): Verdict {
  const elected = electedAt(evidence, copy.offset);
  const output = evidence.outputs.find((one) => one.sourceOffset === copy.offset && isSameTime(one, copy));
  if (output !== undefined) return emitted(output, elected, evidence);
  const position = Math.max(evidence.position ?? 0, 1 + Math.max(-1, ...evidence.reached.values()));
  if (copy.offset >= position) return { kind: 'not-yet', position };
  if (elected === undefined && evidence.ends !== undefined) return waited(copy, evidence);
  if (elected === undefined) {
    return { kind: 'unknown', detail: 'no copy came out, and no election of the cluster before it is kept' };
  }
  return notEmitted(copy, elected, evidence);
}

/** Why a copy of a shard that came while nobody was elected did not come out. */
function waited(copy: SampleCopy, evidence: Evidence): Verdict {
  const next = evidence.elections.find(({ sourceOffset }) => sourceOffset > copy.offset);
  if (next === undefined) return { kind: 'unelected' };
  // The replica that is elected is read again from the first record that waits.
  if (next.replica === copy.replica) return notContinued(copy, { elected: next, seam: next }, evidence);
  return { kind: 'standby', elected: next.replica, epoch: next.epoch };
}

function emitted(
  { epoch, sourceOffset, offset: deduped, filled, outOfOrder }: SampleOutput,
  elected: Election | undefined,
  { elections }: Evidence,
): Verdict {
  if (filled && epoch !== null) return { kind: 'filled', epoch, deduped };
  const next = elections.find((election) => election.sourceOffset > sourceOffset);
  const isLater = elected === undefined ? (epoch ?? 0) >= (next?.epoch ?? Infinity) : (epoch ?? 0) > elected.epoch;
  if (epoch === null || !isLater) {
    return { kind: 'emitted', epoch, deduped, outOfOrder };
  }
  return { kind: 'read-again', epoch, deduped };
}

/** The election at whose seam a copy was judged, before it or after it. */
function seamOf(copy: SampleCopy, elected: Election, evidence: Evidence): Election | undefined {
  const { elections, seamWindowMs } = evidence;
  return elections.find(({ epoch, replica, sourceOffset, electedAtMs, previousReceivedAtMs }) => {
    if (epoch < elected.epoch || replica !== copy.replica || previousReceivedAtMs === null) return false;
    if (copy.offset < sourceOffset) return copy.appendedMs >= previousReceivedAtMs - seamWindowMs;
    return epoch === elected.epoch && copy.appendedMs < electedAtMs + seamWindowMs;
  });
}

/** Why a copy that dedup has come to did not come out. */
function notEmitted(copy: SampleCopy, elected: Election, evidence: Evidence): Verdict {
  const seam = seamOf(copy, elected, evidence);
  if (seam !== undefined) return notContinued(copy, { elected, seam }, evidence);
  if (copy.replica !== elected.replica) return { kind: 'standby', elected: elected.replica, epoch: elected.epoch };
  const known = asNewAs(copy, outBefore(copy, elected.epoch, evidence), elected.epoch);
  return known ?? heldInFill(copy, elected, evidence) ?? { kind: 'unknown', detail: unknownDetail(elected, evidence) };
}

/** What was filled of its series around a copy, which is near enough to have held it. */
function heldInFill(copy: SampleCopy, { epoch }: Election, { outputs }: Evidence): Verdict | undefined {
  const filled = outputs.find(
    (output) =>
      output.filled && output.epoch === epoch && Math.abs(output.timestampMs - copy.timestampMs) < FILL_REACH_MS,
  );
  return filled && { kind: 'held-in-fill', epoch, standby: filled.replica ?? '' };
}

interface Judges {
  /** When the copy came. */
  readonly elected: Election;
  /** At whose seam it was judged. */
  readonly seam: Election;
}

/** Why a copy did not come out at a seam. */
function notContinued(copy: SampleCopy, { elected, seam }: Judges, evidence: Evidence): Verdict {
  const { epoch } = seam;
  const before = outBefore(copy, epoch, evidence);
  const continued = before.find((output) => output.epoch === epoch);
  // What was held back is held back when it is sent again.
  const isBefore = continued !== undefined && copy.timestampMs < continued.timestampMs;
  const known = asNewAs(copy, isBefore ? before.filter((output) => output.epoch !== epoch) : before, epoch);
  if (known !== undefined && copy.replica === elected.replica) return known;
  if (known !== undefined) return { kind: 'standby', elected: elected.replica, epoch: elected.epoch, seam: epoch };
  if ((evidence.reached.get(epoch) ?? -1) <= copy.offset) {
    const detail = `no copy came out, and it is not known whether the seam of epoch ${epoch} has been read so far`;
    return { kind: 'unknown', detail };
  }
  const newest = newestOf(before.filter((output) => output.timestampMs < copy.timestampMs));
  return { kind: 'held-back', epoch, behindMs: newest === undefined ? null : copy.timestampMs - newest.timestampMs };
}

function outBefore(copy: SampleCopy, epoch: number, { outputs }: Evidence): readonly SampleOutput[] {
  return outputs.filter((output) => cameBefore(output, copy, epoch));
}

/** What had come out that is as new as a copy, or newer. */
function asNewAs(copy: SampleCopy, before: readonly SampleOutput[], epoch: number): Verdict | undefined {
  const same = before.find((output) => isSameTime(output, copy));
  if (same !== undefined) return { kind: 'repeat', of: same.sourceOffset, deduped: same.offset };
  const newest = newestOf(before);
  if (newest === undefined || newest.timestampMs < copy.timestampMs) return undefined;
  const behind = { newestMs: newest.timestampMs, of: newest.sourceOffset, deduped: newest.offset };
  return { kind: isOutOfOrder(copy, before, epoch) ? 'out-of-order' : 'older', ...behind };
}

/** Judges a copy as dedup does, by what had come out before it. */
function isOutOfOrder({ timestampMs }: SampleCopy, before: readonly SampleOutput[], epoch: number): boolean {
  const table = new SeriesTable({ capacity: 1 });
  for (const output of before) {
    table.begin(output.epoch ?? 0);
    table.note(0, 0, output.timestampMs);
  }
  table.begin(epoch);
  return table.judge(0, 0, timestampMs) === 'out-of-order';
}

function newestOf(outputs: readonly SampleOutput[]): SampleOutput | undefined {
  return outputs.reduce<SampleOutput | undefined>(
    (found, output) => (output.timestampMs > (found?.timestampMs ?? -Infinity) ? output : found),
    undefined,
  );
}

function unknownDetail({ epoch }: Election, { dedupedGoesOn }: Evidence): string {
  const where = dedupedGoesOn ? ' in what was read of deduped (--search reads on)' : '';
  return `no copy came out${where} though its replica was elected (epoch ${epoch}): why is not known`;
}

/** What epochs before let through comes first, whatever its place in `samples`: a seam goes back. */
function cameBefore(output: SampleOutput, copy: SampleCopy, epoch: number): boolean {
  const outputEpoch = output.epoch ?? epoch;
  if (outputEpoch !== epoch) return outputEpoch < epoch;
  return (
    output.sourceOffset < copy.offset || (output.sourceOffset === copy.offset && output.timestampMs > copy.timestampMs)
  );
}

function isSameTime(a: { readonly timestampMs: number }, b: { readonly timestampMs: number }): boolean {
  return a.timestampMs === b.timestampMs;
}
