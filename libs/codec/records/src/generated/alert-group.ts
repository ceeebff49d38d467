/* Made from proto/avro/alert-group.avsc by tools/generate-avro.mjs. Do not edit. */

/** When a group of alerts was opened, from which its ticks are counted. Topic alerts (compacted), key alerts cluster/group/group id. Of several that of the newest group holds, and of those of one group the earliest. */
export interface AlertGroup {
  /** Id of the route and fingerprint of the group's labels. */
  readonly groupId: string;
  /** When it was opened, Unix ms. */
  readonly openedAtMs: number;
  /** Since when its first alert fires, Unix ms. */
  readonly firstStartsAtMs: number;
  /** When the group of the same id was opened that ended before this one, Unix ms; 0 where none is known. */
  readonly followsMs: number;
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
    { name: 'followsMs', type: 'long' },
    { name: 'openedBy', type: 'string' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const ALERT_GROUP_FINGERPRINT = 'ecff0cb69e4a7d77';
