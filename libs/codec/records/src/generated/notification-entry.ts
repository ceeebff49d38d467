/* Made from proto/avro/notification-entry.avsc by tools/generate-avro.mjs. Do not edit. */

/** What one integration of a receiver was last told of a group. Topic nflog (compacted), key alerts cluster/group key:receiver/integration/index. */
export interface NotificationEntry {
  /** Key of the group. */
  readonly groupKey: string;
  /** Name of the receiver. */
  readonly receiver: string;
  /** Type of the integration. */
  readonly integration: string;
  /** Its place among those of its type in the receiver. */
  readonly index: number;
  /** When it had been sent, Unix ms. */
  readonly timestampMs: number;
  /** XXH64 of the labels of each firing alert, 16 hexadecimal digits. */
  readonly firing: readonly string[];
  /** The same of each resolved one. */
  readonly resolved: readonly string[];
  /** What the integration remembers of the group; values are JSON. */
  readonly receiverData: Readonly<Record<string, string>>;
  /** From when on it is as if nothing had been sent, Unix ms. */
  readonly expiresAtMs: number;
  /** The claim that has ended with it; null: it was sent without one. */
  readonly claimId: string | null;
}

/** The schema of {@link NotificationEntry}, without its comments. */
export const NOTIFICATION_ENTRY_SCHEMA = {
  type: 'record',
  name: 'NotificationEntry',
  namespace: 'tandem',
  fields: [
    { name: 'groupKey', type: 'string' },
    { name: 'receiver', type: 'string' },
    { name: 'integration', type: 'string' },
    { name: 'index', type: 'int' },
    { name: 'timestampMs', type: 'long' },
    { name: 'firing', type: { type: 'array', items: 'string' } },
    { name: 'resolved', type: { type: 'array', items: 'string' } },
    { name: 'receiverData', type: { type: 'map', values: 'string' } },
    { name: 'expiresAtMs', type: 'long' },
    { name: 'claimId', type: ['null', 'string'] },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const NOTIFICATION_ENTRY_FINGERPRINT = '5888ac6670ee027b';
