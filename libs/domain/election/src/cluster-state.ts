import { failoverTimeoutMs, longestPauseMs } from './failover-timeout.ts';
import {
  healthAfter,
  healthAtMark,
  NO_HEALTH,
  windowOf,
  type HealthRecord,
  type ReplicaHealth,
} from './replica-health.ts';
import { COMPARED_WITHIN_MS, scoresOf } from './score.ts';
import { type ElectionSettings } from './settings.ts';

/** What is remembered of a replica of a cluster. */
export interface ReplicaSight {
  readonly replica: string;
  /** Log time of its newest record, Unix ms. */
  readonly lastRecordMs: number;
  /** Its newest sample so far, Unix ms; absent until it sent one. */
  readonly highTimestampMs?: number;
  readonly health: ReplicaHealth;
}

/** A cluster with an elected replica. */
export interface ElectedState {
  readonly kind: 'elected';
  /** Number of the election: 1 for the first, one more with each. */
  readonly epoch: number;
  readonly replica: string;
  /** Log time of the election, Unix ms. */
  readonly electedAtMs: number;
  /** Log time of the elected replica's newest record, Unix ms. */
  readonly receivedAtMs: number;
  /** Log time of the newest record of any of its replicas, Unix ms. */
  readonly heardAtMs: number;
  /** How long the elected replica has been silent while others were heard, ms: see SPEC.md, "Silence". */
  readonly silentMs: number;
  /** Time in which somebody was heard, ms: of a pause of all no more than {@link LONGEST_ACTIVE_PAUSE_MS} counts. */
  readonly activeMs: number;
  /** Log time of the newest election by score or by an operator, Unix ms; `null`: there was none. */
  readonly handedOverAtMs: number | null;
  /** An operator has pinned the replica: nobody else is elected until it is released. */
  readonly pinned: boolean;
  /** When the state was last announced, Unix ms: at most update timeout and jitter behind what was heard. */
  readonly announcedAtMs: number;
  /** Where its interval begins in sample time, Unix ms; `null`: at the beginning of time (epoch 1). */
  readonly fromTimestampMs: number | null;
  /** Replicas heard, in no order that means anything. */
  readonly replicas: readonly ReplicaSight[];
}

/** A cluster that fell silent and gave its place up. Its epoch is kept, so that none is ever used twice. */
export interface VacantState {
  readonly kind: 'vacant';
  readonly epoch: number;
  /** Log time of the newest record of any of its replicas while somebody was elected, Unix ms; 0: so long ago that nobody knows. */
  readonly heardAtMs: number;
  readonly fromTimestampMs: number | null;
}

/** What is known of a cluster; `undefined` stands for a cluster never heard of. */
export type ClusterState = ElectedState | VacantState;

/** A record of a replica, as far as it is remembered. */
export interface Sighting extends HealthRecord {
  readonly replica: string;
}

/** Of a pause in which no replica was heard, no more than this counts as a gap between the records of one, ms. */
export const LONGEST_ACTIVE_PAUSE_MS = 15_000;

/**
 * An elected state after a record was heard, as far as nothing is decided by it; `undefined` where the cluster has no
 * place for its replica. A function of the state stored and of the records since (E8): nothing else is looked at.
 */
export function heard(state: ElectedState, record: Sighting, settings: ElectionSettings): ElectedState | undefined {
  const { timestampMs, replica } = record;
  const isPast = windowOf(timestampMs) > windowOf(state.heardAtMs);
  const evaluated = isPast ? { ...state, replicas: evaluate(state, settings) } : state;
  const activeMs = state.activeMs + Math.min(pauseBefore(state, timestampMs), LONGEST_ACTIVE_PAUSE_MS);
  const replicas = sighted(evaluated, { ...record, activeMs }, settings);
  if (replicas === undefined) return undefined;
  const ofElected = replica === state.replica;
  const countedMs = Math.min(pauseBefore(state, timestampMs), longestPauseMs(evaluated, settings));
  return {
    ...state,
    receivedAtMs: ofElected ? Math.max(state.receivedAtMs, timestampMs) : state.receivedAtMs,
    heardAtMs: Math.max(state.heardAtMs, timestampMs),
    silentMs: ofElected ? 0 : state.silentMs + countedMs,
    activeMs,
    replicas,
  };
}

/** The sight of a replica after its first record. */
export function firstSight(record: Sighting, activeMs: number): ReplicaSight {
  return merge(undefined, { ...record, activeMs });
}

/** The sight of a replica of a cluster. */
export function sightOf({ replicas }: Pick<ElectedState, 'replicas'>, replica: string): ReplicaSight | undefined {
  return replicas.find((sight) => sight.replica === replica);
}

function pauseBefore({ heardAtMs }: ElectedState, timestampMs: number): number {
  return Math.max(0, timestampMs - heardAtMs);
}

/** Closes the windows of all replicas, and counts who does better than the elected one. */
function evaluate(state: ElectedState, { handover }: ElectionSettings): readonly ReplicaSight[] {
  const replicas = state.replicas.map((sight) => ({
    ...sight,
    health: healthAtMark(sight.health, sight),
  }));
  const scores = scoresOf(replicas, state.heardAtMs);
  const most = (scores.get(state.replica)?.score ?? 0) + handover.margin;
  return replicas.map((sight) => {
    const isHeard = state.heardAtMs - sight.lastRecordMs <= COMPARED_WITHIN_MS;
    const isBetter = isHeard && (scores.get(sight.replica)?.score ?? 0) >= most;
    const better = isBetter ? Math.min(sight.health.better + 1, handover.evaluations) : 0;
    return { ...sight, health: { ...sight.health, better } };
  });
}

type ActiveSighting = Sighting & { readonly activeMs: number };

/** A replica keeps its place though others want it while it is silent for less than so many failover timeouts, */
const PLACE_TIMEOUTS = 2;
/** or for less than this, ms. */
const LEAST_PLACE_MS = 120_000;

/**
 * The replicas after a record; `undefined` where there is no place for another one. Whoever was silent for the longest
 * time gives its own up, if that was long enough; to an elected one that was never heard, because an operator named it,
 * whatever it was.
 */
function sighted(
  state: ElectedState,
  record: ActiveSighting,
  settings: ElectionSettings,
): readonly ReplicaSight[] | undefined {
  const { replicas, replica: elected } = state;
  const index = replicas.findIndex(({ replica }) => replica === record.replica);
  if (index >= 0) return replicas.with(index, merge(replicas[index], record));
  const sight = merge(undefined, record);
  const standbys = replicas.filter(({ replica }) => replica !== elected);
  const excess = replicas.length + 1 - settings.maxReplicas;
  if (excess <= 0) return [...replicas, sight];
  const leaving = standbys.toSorted((a, b) => a.lastRecordMs - b.lastRecordMs).slice(0, excess);
  const untilMs = record.timestampMs - placeMs(state, settings);
  const isFree = leaving.length === excess && leaving.every(({ lastRecordMs }) => lastRecordMs <= untilMs);
  if (!isFree && record.replica !== elected) return undefined;
  return [...replicas.filter((each) => !leaving.includes(each)), sight];
}

/** How long a silent standby keeps its place when another replica wants it, ms. */
function placeMs(state: ElectedState, settings: ElectionSettings): number {
  const longMs = Math.max(PLACE_TIMEOUTS * failoverTimeoutMs(state, settings), LEAST_PLACE_MS);
  return Math.min(longMs, settings.idleTimeoutMs);
}

function merge(known: ReplicaSight | undefined, record: ActiveSighting): ReplicaSight {
  const { activeMs, replica, timestampMs, maxTimestampMs = -Infinity } = record;
  const high = Math.max(known?.highTimestampMs ?? -Infinity, maxTimestampMs);
  const before = { activeMs, isFirst: known === undefined, highTimestampMs: known?.highTimestampMs };
  return {
    replica,
    lastRecordMs: timestampMs,
    ...(high === -Infinity ? {} : { highTimestampMs: high }),
    health: healthAfter(known?.health ?? NO_HEALTH, record, before),
  };
}
