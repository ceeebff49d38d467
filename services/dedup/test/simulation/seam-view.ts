import { SETTINGS, T0 } from '../pipeline.ts';
import { type Sample } from './prometheus.ts';
import { type Entry } from './records.ts';
import { type Reign } from './reigns.ts';
import { type Out } from './output.ts';

/** How far apart the samples of one scrape may reach the log (SPEC "Seams"). */
export const SKEW_MS = 10_000;
/** A counter that seems to fall is held back for so long, and for two samples. */
export const HOLD_MS = 30_000;
/** How far past its next sample the successor is when a series counts as one it does not have. */
export const PATIENCE_MS = 30_000;
const LONGEST_MS = 60_000;
/** A forerunner's samples end so long before its last record at most. */
const LONGEST_LAG_MS = 3_600_000;
/** Of log time, SPEC "Health and score". */
const WINDOW_MS = 15_000;

/** What the epochs before have let through of a series, as far as a seam looks back. */
export interface Known {
  readonly last: Out;
  /** Shortest distance between two of its samples; `undefined`: only one was seen. */
  readonly intervalMs: number | undefined;
}

/** A sample of the elected replica, and the record it came in. */
export interface Candidate {
  readonly entry: Entry;
  readonly sample: Sample;
}

/** A reign with everything about it: what the elected replica had sent, what came out, what came out before. */
export interface ReignView {
  readonly reign: Reign;
  /** Samples of its records: those of its time, and those that are read again. */
  readonly candidates: readonly Candidate[];
  readonly outs: readonly Out[];
  /** Newest sample of each series before this epoch, however old. */
  readonly before: ReadonlyMap<string, Out>;
  /** What the seam has to know of the forerunner; empty for a first reign. */
  readonly known: ReadonlyMap<string, Known>;
  /** Samples not after this are not begun with: of series the forerunner did not have. */
  readonly floorMs: number;
  /** Distance a series is taken to have whose own is not known. */
  readonly longestMs: number;
  /** Offset of the last record that its seam judges; `-1`: it has none, `Infinity`: there was none from its end on. */
  readonly seamEndOffset: number;
  /** When the last record of its cluster came in its time. */
  readonly lastMs: number;
}

/** The view of each reign of a cluster. */
export function viewsOf(
  reigns: readonly Reign[],
  entries: readonly Entry[],
  outs: readonly Out[],
): readonly ReignView[] {
  return reigns.map((reign) => {
    const earlier = outs.filter(({ epoch }) => epoch < reign.epoch);
    const sinceMs = forerunnerEndMs(reign, entries) - SETTINGS.seamWindowMs;
    const inWindow = earlier.filter(({ stampMs }) => stampMs >= sinceMs);
    const { known, longestMs } = knownOf(inWindow);
    const highMs = Math.max(-Infinity, ...inWindow.map(({ stampMs }) => stampMs));
    return {
      reign,
      candidates: candidatesOf(reign, entries, sinceMs),
      outs: outs.filter(({ epoch }) => epoch === reign.epoch),
      before: new Map(earlier.map((out) => [out.series, out])),
      known,
      floorMs: highMs - SKEW_MS - Math.min(longestMs, LONGEST_MS),
      longestMs,
      seamEndOffset: seamEndOffsetOf(reign, entries),
      lastMs: entries.findLast(({ offset }) => offset < reign.untilOffset)?.atMs ?? -Infinity,
    };
  });
}

/**
 * Where the forerunner's samples end: its last record, or its newest sample where that is older, by an hour at most. What
 * it sent in its last window of log time says how far its samples are behind.
 */
function forerunnerEndMs({ forerunner, offset }: Reign, entries: readonly Entry[]): number {
  if (forerunner === undefined) return Infinity;
  const { replica, heardAtMs } = forerunner;
  if (forerunner.highMs !== undefined) return endMs(heardAtMs, forerunner.highMs ?? heardAtMs);
  const own = entries.filter((entry) => entry.replica.name === replica && entry.offset < offset);
  const last = windowOf(own.at(-1)?.atMs ?? NaN);
  const lags = own.filter(({ atMs }) => windowOf(atMs) === last).map((entry) => entry.atMs - newestMs(entry));
  const highMs = Math.min(Math.max(-Infinity, ...own.map(newestMs)), heardAtMs - Math.min(...lags));
  return endMs(heardAtMs, highMs);
}

function endMs(heardAtMs: number, highMs: number): number {
  return Math.max(heardAtMs - LONGEST_LAG_MS, Math.min(heardAtMs, highMs));
}

function seamEndOffsetOf(reign: Reign, entries: readonly Entry[]): number {
  if (reign.forerunner === undefined) return -1;
  const last = entries.find(
    ({ replica, offset, atMs }) =>
      replica.name === reign.replica &&
      offset >= reign.offset &&
      offset < reign.untilOffset &&
      atMs >= reign.electedAtMs + SETTINGS.seamWindowMs,
  );
  return last?.offset ?? Infinity;
}

function windowOf(atMs: number): number {
  return Math.floor((T0 + atMs) / WINDOW_MS);
}

function newestMs({ samples }: Entry): number {
  return Math.max(...samples.map(({ stampMs }) => stampMs));
}

/**
 * Whether the successor of a seam has shown by the record at an offset that it does not have a series: it is two intervals
 * and the patience past it, or one and a half at the last record of the seam.
 */
export function showsEnd(view: ReignView, known: Known, atOffset: number): boolean {
  const distanceMs = markerDistanceMs(view, known);
  const isLast = atOffset < Infinity && atOffset === view.seamEndOffset;
  const dueMs = known.last.stampMs + (isLast ? 1.5 * distanceMs : 2 * distanceMs + PATIENCE_MS);
  return view.candidates.some(({ entry, sample }) => entry.offset <= atOffset && sample.stampMs >= dueMs);
}

/** Offset of the last record of a seam at which ends are written: the first past a multiple of 15 s, or the last of all. */
export function lastEndsOffset({ reign, candidates, seamEndOffset }: ReignView): number {
  if (seamEndOffset < Infinity) return seamEndOffset;
  let window = windowOf(reign.electedAtMs);
  let offset = -1;
  for (const { entry } of candidates) {
    if (entry.offset < reign.offset || windowOf(entry.atMs) <= window) continue;
    window = windowOf(entry.atMs);
    offset = entry.offset;
  }
  return offset;
}

/** The interval by which a series that ends is marked, SPEC "Seams". */
export function markerDistanceMs({ longestMs }: ReignView, { intervalMs }: Known): number {
  return Math.min(intervalMs ?? (longestMs === 0 ? LONGEST_MS : longestMs), LONGEST_MS);
}

function knownOf(outs: readonly Out[]): { readonly known: ReadonlyMap<string, Known>; readonly longestMs: number } {
  const known = new Map<string, Known>();
  let longestMs = 0;
  for (const out of outs) {
    const { last, intervalMs } = known.get(out.series) ?? {};
    const distanceMs = last === undefined || last.stale ? undefined : out.stampMs - last.stampMs;
    longestMs = Math.max(longestMs, distanceMs ?? 0);
    const shortest = Math.min(intervalMs ?? Infinity, distanceMs ?? Infinity);
    known.set(out.series, { last: out, intervalMs: shortest === Infinity ? undefined : shortest });
  }
  return { known, longestMs };
}

function candidatesOf(reign: Reign, entries: readonly Entry[], sinceMs: number): readonly Candidate[] {
  const { fromOffset = reign.offset } = reign;
  const own = entries.filter(
    ({ replica, offset, atMs }) =>
      replica.name === reign.replica && offset < reign.untilOffset && (offset >= fromOffset || atMs >= sinceMs),
  );
  return own.flatMap((entry) => entry.samples.filter(({ late }) => late !== true).map((sample) => ({ entry, sample })));
}
