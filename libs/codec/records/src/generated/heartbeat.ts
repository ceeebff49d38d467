/* Made from proto/avro/heartbeat.avsc by tools/generate-avro.mjs. Do not edit. */

/** What one instance of ingest has appended of one replica of a spread cluster since its last heartbeat: about a second of it. Elections of the cluster are decided from these. Topic heartbeats, key tenant/cluster. */
export interface Heartbeat {
  /** Tenant of the cluster. */
  readonly tenant: string;
  /** Value of the cluster label. */
  readonly cluster: string;
  /** Value of the replica label. */
  readonly replica: string;
  /** Over how many shards the samples were spread. */
  readonly shards: number;
  /** Samples and native histograms. */
  readonly samples: number;
  /** Samples of up. */
  readonly upSamples: number;
  /** Those of them that are 0. */
  readonly downSamples: number;
  /** Oldest sample, Unix ms; null where there was none (metadata, exemplars). */
  readonly minTimestampMs: number | null;
  /** Newest sample, Unix ms; null where there was none. */
  readonly maxTimestampMs: number | null;
  /** When the first of the requests was received, Unix ms. */
  readonly receivedFromMs: number;
  /** When the last of them was received, Unix ms. */
  readonly receivedUntilMs: number;
  /** The shards that got records, in the order of their numbers. */
  readonly perShard: readonly { readonly shard: number; readonly samples: number; readonly downTargets: number }[];
}

/** The schema of {@link Heartbeat}, without its comments. */
export const HEARTBEAT_SCHEMA = {
  type: 'record',
  name: 'Heartbeat',
  namespace: 'tandem',
  fields: [
    { name: 'tenant', type: 'string' },
    { name: 'cluster', type: 'string' },
    { name: 'replica', type: 'string' },
    { name: 'shards', type: 'int' },
    { name: 'samples', type: 'long' },
    { name: 'upSamples', type: 'long' },
    { name: 'downSamples', type: 'long' },
    { name: 'minTimestampMs', type: ['null', 'long'] },
    { name: 'maxTimestampMs', type: ['null', 'long'] },
    { name: 'receivedFromMs', type: 'long' },
    { name: 'receivedUntilMs', type: 'long' },
    {
      name: 'perShard',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'ShardBeat',
          fields: [
            { name: 'shard', type: 'int' },
            { name: 'samples', type: 'long' },
            { name: 'downTargets', type: 'int' },
          ],
        },
      },
    },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const HEARTBEAT_FINGERPRINT = '843abf40a3df2fc5';
