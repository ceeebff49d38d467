/* Made from proto/avro/cluster.avsc by tools/generate-avro.mjs. Do not edit. */

/** The election of a cluster as it stands. Topic clusters (compacted), key tenant/cluster. */
export interface Cluster {
  /** Tenant of the cluster. */
  readonly tenant: string;
  /** Value of the cluster label. */
  readonly cluster: string;
  /** Number of the newest election. */
  readonly epoch: number;
  /** The elected replica; null: the cluster is vacant (it fell silent). */
  readonly replica: string | null;
  /** Log time of the election, Unix ms; null when vacant. */
  readonly electedAtMs: number | null;
  /** Log time of the elected replica's newest record when this was written, Unix ms; null when vacant. */
  readonly receivedAtMs: number | null;
  /** Sample time from which the epoch answers, Unix ms; null: from the beginning of time. */
  readonly fromTimestampMs: number | null;
  /** Offset of the samples record this was written for; later records may have been heard since. */
  readonly sourceOffset: number;
  /** Log time of the newest record of any replica when this was written, Unix ms; null when vacant. */
  readonly heardAtMs: number | null;
  /** How long the elected replica had been silent while others were heard, ms. */
  readonly silentMs: number;
  /** Whether an operator has pinned the replica. */
  readonly pinned: boolean;
  /** Seams that are open, oldest first: their records are read again when the partition is taken over. */
  readonly seams: readonly {
    readonly epoch: number;
    readonly replica: string;
    readonly offset: number;
    readonly electedAtMs: number;
    readonly forerunnerHeardAtMs: number | null;
  }[];
}

/** The schema of {@link Cluster}, without its comments. */
export const CLUSTER_SCHEMA = {
  type: 'record',
  name: 'Cluster',
  namespace: 'tandem',
  fields: [
    { name: 'tenant', type: 'string' },
    { name: 'cluster', type: 'string' },
    { name: 'epoch', type: 'long' },
    { name: 'replica', type: ['null', 'string'] },
    { name: 'electedAtMs', type: ['null', 'long'] },
    { name: 'receivedAtMs', type: ['null', 'long'] },
    { name: 'fromTimestampMs', type: ['null', 'long'] },
    { name: 'sourceOffset', type: 'long' },
    { name: 'heardAtMs', type: ['null', 'long'], default: null },
    { name: 'silentMs', type: 'long', default: 0 },
    { name: 'pinned', type: 'boolean', default: false },
    {
      name: 'seams',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Seam',
          fields: [
            { name: 'epoch', type: 'long' },
            { name: 'replica', type: 'string' },
            { name: 'offset', type: 'long' },
            { name: 'electedAtMs', type: 'long' },
            { name: 'forerunnerHeardAtMs', type: ['null', 'long'] },
          ],
        },
      },
      default: [],
    },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const CLUSTER_FINGERPRINT = 'e081407c9c3c335f';
