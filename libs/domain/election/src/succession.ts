import { lagOf } from './replica-health.ts';
import { sightOf, type ElectedState } from './cluster-state.ts';
import { failoverTimeoutMs, longestPauseMs } from './failover-timeout.ts';
import { detailOf, scoresOf, type ReplicaScore, type ScoreDetail } from './score.ts';
import { type ElectionSettings } from './settings.ts';

/** A record of a standby that asks to be elected. */
export interface Candidate {
  readonly replica: string;
  /** Log time, Unix ms. */
  readonly timestampMs: number;
  /** Its oldest sample, Unix ms; absent where it has none. */
  readonly minTimestampMs?: number;
}

/** Why a standby is elected. */
export type Succession =
  | { readonly reason: 'failover' }
  /** The elected one lives, and does worse. */
  | { readonly reason: 'score'; readonly detail: ScoreDetail };

/** With silence of so many failover timeouts whoever comes is elected, better ones or not. */
const PATIENCE = 2;

/**
 * Whether a standby's record elects it, and why; `undefined`: it does not.
 *
 * @param state as it is with this record heard
 */
export function successionOf(
  state: ElectedState,
  candidate: Candidate,
  settings: ElectionSettings,
): Succession | undefined {
  if (state.pinned || candidate.minTimestampMs === undefined) return undefined;
  if (state.silentMs >= failoverTimeoutMs(state, settings)) {
    return maySucceedSilent(state, candidate, settings) ? { reason: 'failover' } : undefined;
  }
  return handoverTo(state, candidate, settings);
}

function maySucceedSilent(state: ElectedState, candidate: Candidate, settings: ElectionSettings): boolean {
  const { failoverSampleTimeoutMs: aheadMs } = settings;
  const { minTimestampMs = -Infinity } = candidate;
  if (aheadMs > 0 && minTimestampMs - state.receivedAtMs < aheadMs) return false;
  if (state.silentMs >= PATIENCE * failoverTimeoutMs(state, settings)) return true;
  return !isOutdone(state, candidate, { scores: scoresOf(state.replicas, state.heardAtMs), settings });
}

function handoverTo(state: ElectedState, candidate: Candidate, settings: ElectionSettings): Succession | undefined {
  const { enabled, evaluations, coolDownMs } = settings.handover;
  const sight = sightOf(state, candidate.replica);
  if (!enabled || sight === undefined || sight.health.better < evaluations) return undefined;
  if (candidate.timestampMs - (state.handedOverAtMs ?? -Infinity) < coolDownMs) return undefined;
  const scores = scoresOf(state.replicas, state.heardAtMs);
  const worse = scores.get(state.replica);
  const better = scores.get(candidate.replica);
  if (worse === undefined || better === undefined || isOutdone(state, candidate, { scores, settings }))
    return undefined;
  // What was counted window by window must hold at this record too.
  if (better.score < worse.score + settings.handover.margin) return undefined;
  return { reason: 'score', detail: detailOf(worse, better) };
}

/** Whether another standby, heard lately, does better than the candidate by the margin: its own record is waited for. */
function isOutdone(
  state: ElectedState,
  { replica: asking, timestampMs }: Candidate,
  { scores, settings }: { readonly scores: ReadonlyMap<string, ReplicaScore>; readonly settings: ElectionSettings },
): boolean {
  const least = (scores.get(asking)?.score ?? 0) + settings.handover.margin;
  const withinMs = longestPauseMs(state, settings);
  return state.replicas.some(
    ({ replica, lastRecordMs }) =>
      replica !== asking &&
      replica !== state.replica &&
      timestampMs - lastRecordMs <= withinMs &&
      (scores.get(replica)?.score ?? 0) >= least,
  );
}

/**
 * Newest sample of the elected replica as its newest windows know it, Unix ms; `undefined`: it sent none. A single stray
 * stamp of long ago does not count.
 */
export function newestSampleMs(state: ElectedState): number | undefined {
  const sight = sightOf(state, state.replica);
  const lagMs = sight === undefined ? undefined : lagOf(sight.health);
  if (sight?.highTimestampMs === undefined || lagMs === undefined) return sight?.highTimestampMs;
  return Math.min(sight.highTimestampMs, state.receivedAtMs - lagMs);
}
