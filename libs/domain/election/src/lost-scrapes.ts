import { sightOf, type ElectedState, type ReplicaSight, type Sighting } from './cluster-state.ts';
import { stepTo, usualStepOf } from './replica-health.ts';
import { type ElectionSettings } from './settings.ts';

/** A step of the elected replica's samples is a hole from so many of its widest usual ones on, */
const USUAL_STEPS = 1.5;
/** and from so much on, ms: below it nothing but a beat that is off can be meant. */
const LEAST_HOLE_MS = 1500;

/**
 * Who is to succeed an elected replica that was away for less than the failover timeout and has lost scrapes meanwhile (it
 * was restarted, say): the standby that has samples of that time, the newest ones where there are several; `undefined`:
 * nothing is lost, or nobody has it (SPEC.md, "Lost scrapes").
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
  if (usualMs === undefined || stepTo(record, highMs) < Math.max(LEAST_HOLE_MS, USUAL_STEPS * usualMs))
    return undefined;
  const leastMs = highMs + usualMs / 2;
  return state.replicas
    .filter(({ replica, lastRecordMs }) => replica !== state.replica && lastRecordMs >= state.receivedAtMs)
    .filter(({ highTimestampMs = -Infinity }) => highTimestampMs >= leastMs)
    .reduce<ReplicaSight | undefined>(newer, undefined);
}

/** The one of the newer samples; of the same the first by name. */
function newer(best: ReplicaSight | undefined, next: ReplicaSight): ReplicaSight {
  if (best === undefined) return next;
  const ahead = (next.highTimestampMs ?? -Infinity) - (best.highTimestampMs ?? -Infinity);
  return ahead > 0 || (ahead === 0 && next.replica < best.replica) ? next : best;
}
