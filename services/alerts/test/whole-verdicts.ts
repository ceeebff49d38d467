import { alertHash, decideNotification, type Notification, type NotificationEntry } from '@tandem/alerting';

import { endOfTrouble, type World } from './simulated-worlds.ts';
import { START_MS, type Delivery, type WholeWorld } from './whole-world.ts';

/** A notification is told by then after its alert was posted, or trouble was over: a tick, the last place, retries. */
const BOUND_MS = 45_000;
/** How long a record may take that nothing hinders, ms. */
const RECORD_MS = 1000;
/** How long what waits for the log may take when it is back, ms. */
const BACK_MS = 5000;

/** A delivery that nothing asked for, and what had been told of its group until then. */
export interface Double {
  readonly delivery: Delivery;
  readonly before: readonly Delivery[];
}

function entryOf({ target, alerts }: Notification, timestampMs: number): NotificationEntry {
  const hashes = (resolved: boolean): ReadonlySet<string> =>
    new Set(alerts.filter((alert) => alert.resolved === resolved).map(({ labels }) => alertHash(labels)));
  const expiresAtMs = Number.MAX_SAFE_INTEGER;
  return { target, timestampMs, firing: hashes(false), resolved: hashes(true), receiverData: new Map(), expiresAtMs };
}

/** Deliveries that nothing asked for, by what was delivered before. */
export function doubles(deliveries: readonly Delivery[]): readonly Double[] {
  const told = new Map<string, Delivery[]>();
  return inOrder(deliveries).flatMap((delivery) => {
    const { key, notification, endedMs } = delivery;
    const before = [...(told.get(key) ?? [])];
    told.set(key, [...before, delivery]);
    const last = before.at(-1);
    const known = last && entryOf(last.notification, last.endedMs);
    const flush = {
      ...entryOf(notification, endedMs),
      sendResolved: true,
      repeatIntervalMs: 3_600_000,
      nowMs: endedMs,
    };
    return decideNotification(known, flush).send ? [] : [{ delivery, before }];
  });
}

/** Whether the record of a delivery in `notifications` says that the log could not be asked. */
export function toldOpenly({ told }: WholeWorld, { notification }: Delivery): boolean {
  return told.some(
    ({ outcome }) => outcome.kind === 'sent' && outcome.failOpen && outcome.alerts === notification.alerts,
  );
}

/**
 * Whether others could not know of a delivery by then: who told it died before it had recorded it, or could not reach the log
 * to do so.
 */
export function isRecordedLate(stage: WholeWorld, setting: World, one: Delivery, untilMs: number): boolean {
  return diedUnrecorded(stage, setting, one) || outageIn(setting, one, untilMs) !== undefined;
}

/** Who dies between a send and its record has told, and nobody knows (decision 21). */
function diedUnrecorded({ deaths }: WholeWorld, setting: World, one: Delivery): boolean {
  const outage = outageIn(setting, one, one.endedMs + RECORD_MS);
  const recordedMs = one.endedMs + RECORD_MS;
  const latestMs = outage === undefined ? recordedMs : Math.max(recordedMs, outage.endMs + BACK_MS);
  return deaths.some(({ instance, atMs }) => instance === one.instance && atMs >= one.beganMs && atMs <= latestMs);
}

/** When who delivered could not reach the log, in the time from then until another one. */
function outageIn(
  { instances }: World,
  { instance, beganMs }: Delivery,
  untilMs: number,
): { endMs: number } | undefined {
  const outage = instances[Number(instance.split('-')[1])]?.outage;
  if (outage === undefined) return undefined;
  const fromMs = START_MS + outage.fromMs;
  const endMs = fromMs + outage.forMs;
  return fromMs <= untilMs && endMs + BACK_MS >= beganMs ? { endMs } : undefined;
}

/**
 * Whether an end was told of which nobody had heard the beginning, because somebody had claimed to tell it and died, or could
 * not reach the log to give that up (SPEC.md, N9). The same end twice is none of it.
 */
export function isUncertainEnd(
  { deaths }: WholeWorld,
  { instances }: World,
  { delivery: { beganMs, notification }, before }: Double,
): boolean {
  const ends = endsOf(before.at(-1)?.notification);
  const isEnd = notification.alerts.every(({ resolved }) => resolved);
  const isNew = [...endsOf(notification)].some((end) => !ends.has(end));
  const isTrouble =
    deaths.some(({ atMs }) => atMs <= beganMs) ||
    instances.some(({ outage }) => outage !== undefined && START_MS + outage.fromMs <= beganMs);
  return isEnd && isNew && isTrouble;
}

function endsOf(notification: Notification | undefined): ReadonlySet<string> {
  const over = notification?.alerts.filter(({ resolved }) => resolved) ?? [];
  return new Set(over.map(({ labels, endsAtMs }) => `${alertHash(labels)} ${endsAtMs}`));
}

/**
 * Groups whose last delivery says that something fires, though everything is over in the end. Who could not reach the log to
 * claim or to record, and died before it could, leaves nothing that others could know by.
 */
export function unresolved(stage: WholeWorld, setting: World): readonly string[] {
  const last = new Map(inOrder(stage.deliveries).map((one) => [one.key, one]));
  const isUnknowable = (one: Delivery): boolean =>
    diedUnrecorded(stage, setting, one) && outageIn(setting, one, one.endedMs + RECORD_MS) !== undefined;
  return [...last.values()]
    .filter((one) => one.notification.alerts.some(({ resolved }) => !resolved) && !isUnknowable(one))
    .map(({ key }) => key);
}

/** Alerts that fired for long enough after all trouble, and were not told of in time. */
export function lateFor({ deliveries }: WholeWorld, setting: World): readonly string[] {
  return setting.posts
    .filter(({ atMs, lengthMs, name, n }) => {
      const byMs = Math.max(atMs, endOfTrouble(setting)) + BOUND_MS;
      if (atMs + lengthMs < byMs) return false;
      return !deliveries.some(
        ({ endedMs, notification }) =>
          endedMs <= START_MS + byMs &&
          notification.alerts.some(({ labels }) => labels.get('alertname') === name && labels.get('n') === n),
      );
    })
    .map(({ name, n, atMs }) => `${name} ${n} of ${atMs} ms`);
}

function inOrder(deliveries: readonly Delivery[]): readonly Delivery[] {
  return deliveries.toSorted((a, b) => a.endedMs - b.endedMs);
}
