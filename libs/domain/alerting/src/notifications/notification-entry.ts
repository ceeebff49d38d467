/** What a notification was about, and to whom: one integration of a receiver, for one group. */
export interface NotificationTarget {
  readonly groupKey: string;
  readonly receiver: string;
  /** Type of the integration: `webhook`. */
  readonly integration: string;
  /** Its place among those of its type in the receiver. */
  readonly index: number;
}

/** What an integration remembers of a group beside what was sent, such as the id of a message. */
export type ReceiverData = ReadonlyMap<string, string | number>;

/** An entry of the notification log: what a target was last told. Times are Unix ms. */
export interface NotificationEntry {
  readonly target: NotificationTarget;
  /** When it had been sent. */
  readonly timestampMs: number;
  /** Hashes of the alerts that were firing, see `alertHash`. */
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  readonly receiverData: ReceiverData;
  /** From here on it is as if nothing had been sent. */
  readonly expiresAtMs: number;
}

/** `<group key>:<receiver>/<integration>/<index>`: what the notification log knows a target by. */
export function notificationKey({ groupKey, receiver, integration, index }: NotificationTarget): string {
  return `${groupKey}:${receiver}/${integration}/${index}`;
}

/** Of two entries of a target the one that was sent later; of those sent at once the one that was there (SPEC.md, N2). */
export function newerEntry(known: NotificationEntry | undefined, other: NotificationEntry): NotificationEntry {
  return known === undefined || known.timestampMs < other.timestampMs ? other : known;
}

/** When an entry expires: after twice the repeat interval, and within the retention. */
export function entryExpiresAtMs(sentAtMs: number, repeatIntervalMs: number, retentionMs: number): number {
  return sentAtMs + Math.min(retentionMs, 2 * repeatIntervalMs);
}
