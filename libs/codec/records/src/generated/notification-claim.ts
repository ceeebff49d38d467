/* Made from proto/avro/notification-claim.avsc by tools/generate-avro.mjs. Do not edit. */

/** An instance means to notify. Topic nflog (compacted), key alerts cluster/claim/instance/group key:receiver/integration/index; a tombstone when it does no longer. */
export interface NotificationClaim {
  /** Key of the group. */
  readonly groupKey: string;
  /** Name of the receiver. */
  readonly receiver: string;
  /** Type of the integration. */
  readonly integration: string;
  /** Its place among those of its type in the receiver. */
  readonly index: number;
  /** Name of the instance. */
  readonly owner: string;
  /** Tells the claim from others. */
  readonly id: string;
  /** How long it holds from the append time of the record on, ms. */
  readonly forMs: number;
}

/** The schema of {@link NotificationClaim}, without its comments. */
export const NOTIFICATION_CLAIM_SCHEMA = {
  type: 'record',
  name: 'NotificationClaim',
  namespace: 'tandem',
  fields: [
    { name: 'groupKey', type: 'string' },
    { name: 'receiver', type: 'string' },
    { name: 'integration', type: 'string' },
    { name: 'index', type: 'int' },
    { name: 'owner', type: 'string' },
    { name: 'id', type: 'string' },
    { name: 'forMs', type: 'long' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const NOTIFICATION_CLAIM_FINGERPRINT = '8cadf0ec5dae9aff';
