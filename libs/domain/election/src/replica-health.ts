import { isRepeat, remembered } from './record-digest.ts';

/** What a record says about how its sender does. All of it is in its headers, its size and its append time. */
export interface HealthRecord {
  /** Log append time, Unix ms. */
  readonly timestampMs: number;
  /** Its oldest and newest sample, Unix ms; both absent when it has none. */
  readonly minTimestampMs?: number;
  readonly maxTimestampMs?: number;
  /** Samples in the body. Default: 0, which says nothing of completeness. */
  readonly samples?: number;
  /** Size of the body, bytes: tells a request that is sent again from another one with as many samples. Default: 0. */
  readonly sizeBytes?: number;
  /** Samples of `up` in the body, and those of them that are 0. Default: 0, which says nothing of targets. */
  readonly upSamples?: number;
  readonly downSamples?: number;
}

/**
 * How well a replica does, as far as its records tell: folded record by record in log time, closed window by window
 * (SPEC.md, "Health and score"). It is stored as it stands; times are ms.
 */
export interface ReplicaHealth {
  /** Least distance from a newest sample to its append time in the window closed last; negative: stamped ahead. */
  readonly lagMs: number | null;
  /** The same of the window that is open. */
  readonly openLagMs: number | null;
  /** Samples, and how far the newest of them advanced meanwhile, both decayed. */
  readonly weighedSamples: number;
  readonly weighedSpanMs: number;
  /** Newest sample when samples were weighed last, Unix ms, and samples since. */
  readonly weighedToMs: number | null;
  readonly openSamples: number;
  /** Samples of `up`, and those of them that were 0, decayed. */
  readonly upSamples: number;
  readonly downSamples: number;
  /** The longest gap between its records in each of the last windows in which one ended, newest last. */
  readonly gapsMs: readonly number[];
  /** The same of the window that is open; 0: none has ended. */
  readonly openGapMs: number;
  /** The widest step from its newest sample to a later record's oldest in each of the last windows with one, newest last. */
  readonly stepsMs: readonly number[];
  /** The same of the window that is open; 0: there was none. */
  readonly openStepMs: number;
  /** How active the cluster had been when it was heard last, ms: see `ElectedState.activeMs`. */
  readonly heardActiveMs: number;
  /** Digests of its newest records: a request that is sent again says nothing new. */
  readonly digests: readonly number[];
  /** Evaluations in a row in which it did better than the elected replica by the margin. */
  readonly better: number;
}

/** Windows are closed at multiples of this of log time, by the first record of the cluster past it, ms. */
export const EVALUATION_INTERVAL_MS = 15_000;
/** Samples are counted over about so much sample time: far longer than any scrape interval. */
const WEIGHED_SPAN_MS = 600_000;
/** A longer advance is a hole: it was away, and nothing is known of the samples in between. */
const HOLE_MS = 300_000;
/** Below this nothing is said of how many samples there are. */
const ENOUGH_SPAN_MS = 360_000;
/** What is left of the count of targets after each window in which there were any. */
const TARGETS_KEPT = 0.9;
/** Windows whose longest gaps and steps are remembered, */
export const MAX_WINDOWS = 20;
/** and how many of them say something. */
const ENOUGH_GAPS = 8;

/** The window a log time is in, Unix ms. */
export function windowOf(timestampMs: number): number {
  return Math.floor(timestampMs / EVALUATION_INTERVAL_MS);
}

/** Of a replica nothing was heard of. */
export const NO_HEALTH: ReplicaHealth = {
  lagMs: null,
  openLagMs: null,
  weighedSamples: 0,
  weighedSpanMs: 0,
  weighedToMs: null,
  openSamples: 0,
  upSamples: 0,
  downSamples: 0,
  gapsMs: [],
  openGapMs: 0,
  stepsMs: [],
  openStepMs: 0,
  heardActiveMs: 0,
  digests: [],
  better: 0,
};

/** What is known beside a record and the health before it. */
interface Circumstances {
  readonly activeMs: number;
  readonly isFirst: boolean;
  readonly highTimestampMs: number | undefined;
}

/**
 * The health of a replica after a record of it.
 *
 * @param activeMs how active its cluster has been up to the record
 * @param isFirst whether it is the first record of the replica: no gap ends with it
 * @param highTimestampMs its newest sample before, Unix ms, if it sent any
 */
export function healthAfter(
  health: ReplicaHealth,
  record: HealthRecord,
  { activeMs, isFirst, highTimestampMs }: Circumstances,
): ReplicaHealth {
  const gapMs = isFirst ? 0 : activeMs - health.heardActiveMs;
  const heard = { ...health, heardActiveMs: activeMs, openGapMs: Math.max(health.openGapMs, gapMs) };
  const { timestampMs, maxTimestampMs, samples = 0, upSamples = 0, downSamples = 0 } = record;
  if (maxTimestampMs === undefined) return heard;
  // A sender that does nothing but send one request again and again falls behind.
  const openLagMs = Math.min(health.openLagMs ?? Infinity, timestampMs - maxTimestampMs);
  if (isRepeat(health.digests, record)) return { ...heard, openLagMs };
  return {
    ...heard,
    openLagMs,
    digests: remembered(health.digests, record),
    openStepMs: Math.max(health.openStepMs, stepTo(record, highTimestampMs)),
    // What came with the first samples belongs to a time before them.
    weighedToMs: health.weighedToMs ?? Math.min(maxTimestampMs, timestampMs),
    openSamples: health.openSamples + (health.weighedToMs === null ? 0 : samples),
    upSamples: health.upSamples + upSamples,
    downSamples: health.downSamples + downSamples,
  };
}

/**
 * The health of a replica when a window is closed.
 *
 * @param highTimestampMs its newest sample, Unix ms, if it sent any
 * @param lastRecordMs log time of its newest record, Unix ms
 */
export function healthAtMark(
  health: ReplicaHealth,
  { highTimestampMs = -Infinity, lastRecordMs }: { readonly highTimestampMs?: number; readonly lastRecordMs: number },
): ReplicaHealth {
  const { openLagMs, openGapMs, openStepMs } = health;
  return {
    // A sample far ahead of the log is no advance: samples would not be weighed until the log has come to it.
    ...weighed(health, Math.min(highTimestampMs, lastRecordMs)),
    ...(openLagMs === null
      ? {}
      : {
          lagMs: openLagMs,
          openLagMs: null,
          upSamples: health.upSamples * TARGETS_KEPT,
          downSamples: health.downSamples * TARGETS_KEPT,
        }),
    ...(openGapMs === 0 ? {} : { gapsMs: [...health.gapsMs, openGapMs].slice(-MAX_WINDOWS), openGapMs: 0 }),
    ...(openStepMs === 0 ? {} : { stepsMs: [...health.stepsMs, openStepMs].slice(-MAX_WINDOWS), openStepMs: 0 }),
  };
}

/** Weighs the samples since the last advance. Only sums, products and quotients: the same to the bit everywhere. */
function weighed(health: ReplicaHealth, reachedMs: number): ReplicaHealth {
  const { weighedToMs, weighedSamples, weighedSpanMs, openSamples } = health;
  const spanMs = weighedToMs === null ? 0 : reachedMs - weighedToMs;
  if (spanMs <= 0) return health;
  if (spanMs > HOLE_MS) return { ...health, weighedToMs: reachedMs, openSamples: 0 };
  const kept = WEIGHED_SPAN_MS / (WEIGHED_SPAN_MS + spanMs);
  return {
    ...health,
    weighedToMs: reachedMs,
    openSamples: 0,
    weighedSamples: weighedSamples * kept + openSamples,
    weighedSpanMs: weighedSpanMs * kept + spanMs,
  };
}

/** Newest known distance from a newest sample to its append time, ms; `undefined`: it sent no samples. */
export function lagOf({ openLagMs, lagMs }: ReplicaHealth): number | undefined {
  return openLagMs ?? lagMs ?? undefined;
}

/** Samples per ms of sample time; `undefined` while too little was seen. */
export function densityOf({ weighedSamples, weighedSpanMs }: ReplicaHealth): number | undefined {
  return weighedSpanMs < ENOUGH_SPAN_MS || weighedSamples === 0 ? undefined : weighedSamples / weighedSpanMs;
}

/** Averages fade: with less than this, what was once told of targets says nothing any more. */
const LEAST_UP_SAMPLES = 0.001;

/** Share of its targets that are up, 0 to 1; `undefined`: it has told of none. */
export function targetsUpOf({ upSamples, downSamples }: ReplicaHealth): number | undefined {
  return upSamples < LEAST_UP_SAMPLES ? undefined : Math.max(0, 1 - downSamples / upSamples);
}

/**
 * The longest usual gap between its records, ms: the second longest of the last windows, so that a single one is not
 * usual; `undefined` while too few were seen.
 */
export function cadenceOf({ gapsMs }: ReplicaHealth): number | undefined {
  return usual(gapsMs);
}

/** From a replica's newest sample to a record's oldest, ms; 0 where that is not later. */
export function stepTo({ minTimestampMs = -Infinity }: HealthRecord, highTimestampMs = Infinity): number {
  return Math.max(0, minTimestampMs - highTimestampMs);
}

/**
 * The widest usual step of its samples from record to record, ms, as {@link cadenceOf}: unlike a gap in the log it does
 * not grow where records are late, but where there are no samples.
 */
export function usualStepOf({ stepsMs }: Pick<ReplicaHealth, 'stepsMs'>): number | undefined {
  return usual(stepsMs);
}

/** The widest step of its samples in the newest windows, ms; 0: there was none. */
export function newestStepOf({ openStepMs, stepsMs }: ReplicaHealth): number {
  return Math.max(openStepMs, stepsMs.at(-1) ?? 0);
}

function usual(widest: readonly number[]): number | undefined {
  return widest.length < ENOUGH_GAPS ? undefined : widest.toSorted((a, b) => b - a)[1];
}
