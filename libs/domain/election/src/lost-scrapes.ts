import { sightOf, type ElectedState, type ReplicaSight, type Sighting } from './cluster-state.ts';
import { lagOf, newestStepOf, stepTo, usualStepOf } from './replica-health.ts';
import { scoresOf } from './score.ts';
import { type ElectionSettings } from './settings.ts';

/** A step of the elected replica's samples is a hole from so many of its widest usual ones on, */
const USUAL_STEPS = 1.5;
/** and from so much on, ms: below it nothing but a beat that is off can be meant. */
const LEAST_HOLE_MS = 1500;

/**
 * Who is to succeed an elected replica that was away for less than the failover timeout and has lost scrapes meanwhile (it
 * was restarted, say): a standby that has samples of that time and does not do worse, the one whose samples are closest to
 * the log where there are several; `undefined`: nothing is lost, or nobody has it (SPEC.md, "Lost scrapes").
 *
 * @param state as it is before this record of the elected replica is heard, and `next` after
 */
export function coveringStandby(
  { state, next }: { readonly state: ElectedState; readonly next: ElectedState },
  record: Sighting,
  { handover }: ElectionSettings,
): ReplicaSight | undefined {
  const highMs = sightOf(state, state.replica)?.highTimestampMs;
  const health = sightOf(next, state.replica)?.health;
  if (!handover.enabled || state.pinned || highMs === undefined || health === undefined) return undefined;
  const usualMs = usualStepOf(health);
  const holeMs = stepTo(record, highMs);
  if (usualMs === undefined || holeMs < leastHoleMs(usualMs)) return undefined;
  const hole = { fromMs: highMs + usualMs / 2, holeMs };
  return healthyStandbys(state, handover.margin)
    .filter((sight) => covers(sight, hole))
    .reduce<ReplicaSight | undefined>(closer, undefined);
}

/** The standbys heard since the elected replica that do not do worse than it by the margin. */
function healthyStandbys(state: ElectedState, margin: number): readonly ReplicaSight[] {
  const scores = scoresOf(state.replicas, state.heardAtMs);
  const scoreOf = (replica: string): number => scores.get(replica)?.score ?? 0;
  const leastScore = scoreOf(state.replica) - margin;
  return state.replicas
    .filter(({ replica, lastRecordMs }) => replica !== state.replica && lastRecordMs >= state.receivedAtMs)
    .filter(({ replica }) => scoreOf(replica) > leastScore);
}

/** From which step on there is a hole, ms. */
export function leastHoleMs(usualMs: number): number {
  return Math.max(LEAST_HOLE_MS, USUAL_STEPS * usualMs);
}

/**
 * Whether a standby has samples in a hole: by its stamps, less what its clock is ahead. One with a hole of its own, or whose
 * samples have become as far apart, has no more of them: the scrape interval of both was widened.
 */
function covers(
  { highTimestampMs = -Infinity, health }: ReplicaSight,
  { fromMs, holeMs }: { readonly fromMs: number; readonly holeMs: number },
): boolean {
  const aheadMs = Math.max(0, -(lagOf(health) ?? 0));
  const newestMs = newestStepOf(health);
  const isRegular = newestMs < leastHoleMs(usualStepOf(health) ?? Infinity) && newestMs * USUAL_STEPS < holeMs;
  return isRegular && highTimestampMs - aheadMs >= fromMs;
}

/** The one whose samples are closest to the log, either way; of the same the first by name. */
function closer(best: ReplicaSight | undefined, next: ReplicaSight): ReplicaSight {
  if (best === undefined) return next;
  const nearer = distanceOf(best) - distanceOf(next);
  return nearer > 0 || (nearer === 0 && next.replica < best.replica) ? next : best;
}

function distanceOf({ health }: ReplicaSight): number {
  return Math.abs(lagOf(health) ?? Infinity);
}
