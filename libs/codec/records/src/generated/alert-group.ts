/* Made from proto/avro/alert-group.avsc by tools/generate-avro.mjs. Do not edit. */

/** When a group of alerts was opened, from which its ticks are counted. Topic alerts (compacted), key alerts cluster/group/group id. The first one behind a tombstone holds. */
export interface AlertGroup {
  /** Id of the route and fingerprint of the group's labels. */
  readonly groupId: string;
  /** When it was opened, Unix ms. */
  readonly openedAtMs: number;
  /** Since when its first alert fires, Unix ms. */
  readonly firstStartsAtMs: number;
  /** Name of the instance that says so. */
  readonly openedBy: string;
}

/** The schema of {@link AlertGroup}, without its comments. */
export const ALERT_GROUP_SCHEMA = {
  type: 'record',
  name: 'AlertGroup',
  namespace: 'tandem',
  fields: [
    { name: 'groupId', type: 'string' },
    { name: 'openedAtMs', type: 'long' },
    { name: 'firstStartsAtMs', type: 'long' },
    { name: 'openedBy', type: 'string' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const ALERT_GROUP_FINGERPRINT = 'e7ffa4457b15d124';
