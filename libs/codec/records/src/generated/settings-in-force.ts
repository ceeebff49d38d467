/* Made from proto/avro/settings-in-force.avsc by tools/generate-avro.mjs. Do not edit. */

/** The settings by which a partition of samples is judged. Topic clusters (compacted; header kind: settings), key //settings. */
export interface SettingsInForce {
  /** The newest ones, the oldest first: records of an open seam are judged by those of their place. */
  readonly changes: readonly {
    readonly fromOffset: number;
    readonly readAtMs: number;
    readonly instance: string;
    readonly hash: string;
    readonly json: string;
  }[];
}

/** The schema of {@link SettingsInForce}, without its comments. */
export const SETTINGS_IN_FORCE_SCHEMA = {
  type: 'record',
  name: 'SettingsInForce',
  namespace: 'tandem',
  fields: [
    {
      name: 'changes',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'SettingsChange',
          fields: [
            { name: 'fromOffset', type: 'long' },
            { name: 'readAtMs', type: 'long' },
            { name: 'instance', type: 'string' },
            { name: 'hash', type: 'string' },
            { name: 'json', type: 'string' },
          ],
        },
      },
    },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const SETTINGS_IN_FORCE_FINGERPRINT = 'a873908639771e9e';
