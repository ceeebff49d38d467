import { type NotificationEntry } from './notification-entry.ts';

/** What a flush would tell a target. */
export interface Flush {
  /** Hashes of the alerts. */
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  /** Whether the integration wants to hear of resolved alerts. */
  readonly sendResolved: boolean;
  readonly repeatIntervalMs: number;
  /** Time of the tick, Unix ms. */
  readonly nowMs: number;
  /** Somebody may have told it that something fires, and nobody knows (N9). */
  readonly isUncertain?: boolean | undefined;
}

/** Why a target is told; the words that templates and payloads have (`notification_reason`). */
export type NotificationReason =
  | 'first notification'
  | 'new alerts added'
  | 'all alerts resolved'
  | 'some alerts resolved'
  | 'repeat interval elapsed';

/** Why it is not. */
export type SkipReason =
  /** Nothing is firing, and nothing was ever sent. */
  | 'nothing firing'
  /** It was told already that all are resolved. */
  | 'already resolved'
  /** What it was told is still so, and was told recently. */
  | 'unchanged';

/** Whether a target is to be told. */
export type NotificationDecision =
  { readonly send: true; readonly reason: NotificationReason } | { readonly send: false; readonly reason: SkipReason };

/** The table of SPEC.md, N3, and N9: the first row that applies decides. */
export function decideNotification(entry: NotificationEntry | undefined, flush: Flush): NotificationDecision {
  if (flush.firing.size === 0) return decideEnd(entry, flush);
  if (entry === undefined) return send('first notification');
  if (!isSubset(flush.firing, entry.firing)) {
    return send(entry.firing.size === 0 ? 'first notification' : 'new alerts added');
  }
  if (flush.sendResolved && !isSubset(flush.resolved, entry.resolved)) return send('some alerts resolved');
  return entry.timestampMs < flush.nowMs - flush.repeatIntervalMs ? send('repeat interval elapsed') : skip('unchanged');
}

/** Nothing fires: whoever was, or may have been, told that something does is told so. */
function decideEnd(entry: NotificationEntry | undefined, { isUncertain = false }: Flush): NotificationDecision {
  if (isUncertain || (entry !== undefined && entry.firing.size > 0)) return send('all alerts resolved');
  return skip(entry === undefined ? 'nothing firing' : 'already resolved');
}

function send(reason: NotificationReason): NotificationDecision {
  return { send: true, reason };
}

function skip(reason: SkipReason): NotificationDecision {
  return { send: false, reason };
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  if (part.size > whole.size) return false;
  for (const hash of part) if (!whole.has(hash)) return false;
  return true;
}
