/* Made from proto/avro/alert-group.avsc by tools/generate-avro.mjs. Do not edit. */

/** When a group of alerts was opened, from which its ticks are counted: the append time of the record. Topic alerts (compacted), key alerts cluster/group/group id. */
export interface AlertGroup {
  /** Id of the route and fingerprint of the group's labels. */
  readonly groupId: string;
  /** Since when its first alert fires, Unix ms. */
  readonly firstStartsAtMs: number;
}

/** The schema of {@link AlertGroup}, without its comments. */
export const ALERT_GROUP_SCHEMA = {
  type: 'record',
  name: 'AlertGroup',
  namespace: 'tandem',
  fields: [
    { name: 'groupId', type: 'string' },
    { name: 'firstStartsAtMs', type: 'long' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const ALERT_GROUP_FINGERPRINT = '693ebf5487d284aa';
