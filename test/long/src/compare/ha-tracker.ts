import { type RecordedRequest } from '../record/recording.ts';

/** Timeouts of the HA tracker. */
export interface TrackerTimeouts {
  /** How often the background pass runs, and how old what is stored of the elected one may be, ms. */
  readonly updateMs: number;
  /** How long the elected one must have been silent, ms. */
  readonly failoverMs: number;
}

/** Its defaults, without jitter. */
export const TRACKER_DEFAULTS: TrackerTimeouts = { updateMs: 15_000, failoverMs: 30_000 };

/** What the tracker knows of a cluster. */
interface Entry {
  elected: string;
  /** What the store says: when the elected one was last received. */
  receivedAtMs: number;
  /** What this process has seen. */
  electedSeenMs: number;
  standby: { readonly replica: string; readonly seenMs: number } | undefined;
}

/**
 * The requests the HA tracker would have passed, by its rules at the time each arrived: one distributor, a store that
 * answers at once, no jitter, the background pass every update timeout from the first request on. A request of
 * another replica is always dropped; only the background pass elects.
 */
export function passedByTracker(
  requests: readonly RecordedRequest[],
  timeouts: TrackerTimeouts,
): readonly RecordedRequest[] {
  const arrived = requests.toSorted((a, b) => a.arrivedAtMs - b.arrivedAtMs);
  const [first] = arrived;
  if (first === undefined) return [];
  const entry: Entry = {
    elected: first.replica,
    receivedAtMs: first.arrivedAtMs,
    electedSeenMs: first.arrivedAtMs,
    standby: undefined,
  };
  let tickMs = first.arrivedAtMs + timeouts.updateMs;
  return arrived.filter(({ replica, arrivedAtMs }) => {
    for (; tickMs <= arrivedAtMs; tickMs += timeouts.updateMs) tick(entry, tickMs, timeouts);
    if (replica === entry.elected) {
      entry.electedSeenMs = arrivedAtMs;
      return true;
    }
    entry.standby = { replica, seenMs: arrivedAtMs };
    return false;
  });
}

/** The background pass: tells the store that the elected one was heard, or proposes the other one. */
function tick(entry: Entry, nowMs: number, { updateMs, failoverMs }: TrackerTimeouts): void {
  if (nowMs - entry.receivedAtMs < updateMs) return;
  if (nowMs - entry.electedSeenMs < updateMs) {
    entry.receivedAtMs = entry.electedSeenMs;
    return;
  }
  const { standby } = entry;
  if (standby === undefined || nowMs - standby.seenMs >= updateMs) return;
  if (nowMs - entry.receivedAtMs < failoverMs) return;
  entry.elected = standby.replica;
  entry.receivedAtMs = nowMs;
  entry.electedSeenMs = standby.seenMs;
  entry.standby = undefined;
}
