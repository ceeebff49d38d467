import { isResolved, type Alert } from './alert.ts';

/**
 * What is known of an alert once it is received again (SPEC.md, A5): where the two overlap they become one, else the new one takes
 * the place of the old one.
 *
 * @param nowMs when the new one was received, in log time: whether one is resolved is asked as of then
 */
export function receiveAgain(old: Alert | undefined, received: Alert, nowMs: number): Alert {
  return old !== undefined && overlap(old, received) ? mergeAlerts(old, received, nowMs) : received;
}

/** Whether one end of the new alert is within the old one; touching is not overlapping. */
function overlap(old: Alert, received: Alert): boolean {
  const within = (timeMs: number): boolean => timeMs > old.startsAtMs && timeMs < old.endsAtMs;
  return within(received.endsAtMs) || within(received.startsAtMs);
}

/** One alert of two: the one updated later, from the earlier start on. */
export function mergeAlerts(one: Alert, other: Alert, nowMs: number): Alert {
  const [older, younger] = other.updatedAtMs < one.updatedAtMs ? [other, one] : [one, other];
  return {
    ...younger,
    startsAtMs: Math.min(older.startsAtMs, younger.startsAtMs),
    endsAtMs: outlasts(older, younger, nowMs) ? older.endsAtMs : younger.endsAtMs,
  };
}

/** A later end of the older one holds if both are over, or if it was posted (a timeout is but a guess). */
function outlasts(older: Alert, younger: Alert, nowMs: number): boolean {
  if (older.endsAtMs <= younger.endsAtMs) return false;
  return isResolved(younger, nowMs) ? isResolved(older, nowMs) : !older.timeout;
}
