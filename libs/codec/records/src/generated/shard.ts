/* Made from proto/avro/shard.avsc by tools/generate-avro.mjs. Do not edit. */

/** Which election a shard of a spread cluster follows. Topic clusters (compacted, header kind: shard), key tenant/cluster/shard. */
export interface Shard {
  /** Tenant of the cluster. */
  readonly tenant: string;
  /** Value of the cluster label. */
  readonly cluster: string;
  /** Number of the shard, from 0. */
  readonly shard: number;
  /** Epoch of the newest barrier; 0: there was none yet. */
  readonly epoch: number;
  /** The replica it elected; null: the shard waits for a barrier. */
  readonly replica: string | null;
  /** First samples record that waits for the next barrier; null where none does. */
  readonly waitingFromOffset: number | null;
  /** Offset of the samples record this was written for. */
  readonly sourceOffset: number;
  /** Seams that are open, oldest first: their records are read again when the partition is taken over. */
  readonly seams: readonly {
    readonly epoch: number;
    readonly replica: string;
    readonly offset: number;
    readonly electedAtMs: number;
    readonly forerunnerHeardAtMs: number | null;
    readonly forerunnerHighMs: number | null;
    readonly fromOffset: number | null;
  }[];
  /** The partition's clock when this was written, Unix ms; null: by a version that knew of no fills. */
  readonly atMs: number | null;
  /** Steps of fills that are open, oldest first: they are done again when the partition is taken over. */
  readonly fills: readonly {
    readonly kind: string;
    readonly offset: number;
    readonly atMs: number;
    readonly epoch: number;
    readonly elected: string;
    readonly standby: string;
    readonly targets: readonly string[];
  }[];
  /** Which targets are down for which replica; null: nobody watches. */
  readonly watch: {
    readonly spentUntilMs: number | null;
    readonly replicas: readonly {
      readonly replica: string;
      readonly heardAtMs: number;
      readonly highTimestampMs: number | null;
      readonly down: readonly { readonly target: string; readonly atMs: number; readonly intervalMs: number | null }[];
    }[];
  } | null;
  /** First samples record that waits because its replica has lost scrapes; null: none does. */
  readonly doubtFromOffset: number | null;
  /** Log time from which on that waits no longer, Unix ms; null: nothing does. */
  readonly doubtUntilMs: number | null;
  /** The replicas heard, by which a hole in their samples is told. */
  readonly steps: readonly {
    readonly replica: string;
    readonly heardAtMs: number;
    readonly highTimestampMs: number | null;
    readonly stepsMs: readonly number[];
    readonly openStepMs: number;
  }[];
}

/** The schema of {@link Shard}, without its comments. */
export const SHARD_SCHEMA = {
  type: 'record',
  name: 'Shard',
  namespace: 'tandem',
  fields: [
    { name: 'tenant', type: 'string' },
    { name: 'cluster', type: 'string' },
    { name: 'shard', type: 'int' },
    { name: 'epoch', type: 'long' },
    { name: 'replica', type: ['null', 'string'] },
    { name: 'waitingFromOffset', type: ['null', 'long'] },
    { name: 'sourceOffset', type: 'long' },
    {
      name: 'seams',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'ShardSeam',
          fields: [
            { name: 'epoch', type: 'long' },
            { name: 'replica', type: 'string' },
            { name: 'offset', type: 'long' },
            { name: 'electedAtMs', type: 'long' },
            { name: 'forerunnerHeardAtMs', type: ['null', 'long'] },
            { name: 'forerunnerHighMs', type: ['null', 'long'] },
            { name: 'fromOffset', type: ['null', 'long'] },
          ],
        },
      },
    },
    { name: 'atMs', type: ['null', 'long'], default: null },
    {
      name: 'fills',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'ShardFillStep',
          fields: [
            { name: 'kind', type: 'string' },
            { name: 'offset', type: 'long' },
            { name: 'atMs', type: 'long' },
            { name: 'epoch', type: 'long' },
            { name: 'elected', type: 'string' },
            { name: 'standby', type: 'string' },
            { name: 'targets', type: { type: 'array', items: 'string' } },
          ],
        },
      },
      default: [],
    },
    {
      name: 'watch',
      type: [
        'null',
        {
          type: 'record',
          name: 'ShardTargetWatch',
          fields: [
            { name: 'spentUntilMs', type: ['null', 'long'] },
            {
              name: 'replicas',
              type: {
                type: 'array',
                items: {
                  type: 'record',
                  name: 'ShardWatchedReplica',
                  fields: [
                    { name: 'replica', type: 'string' },
                    { name: 'heardAtMs', type: 'long' },
                    { name: 'highTimestampMs', type: ['null', 'long'] },
                    {
                      name: 'down',
                      type: {
                        type: 'array',
                        items: {
                          type: 'record',
                          name: 'ShardDownTarget',
                          fields: [
                            { name: 'target', type: 'string' },
                            { name: 'atMs', type: 'long' },
                            { name: 'intervalMs', type: ['null', 'long'] },
                          ],
                        },
                      },
                    },
                  ],
                },
              },
            },
          ],
        },
      ],
      default: null,
    },
    { name: 'doubtFromOffset', type: ['null', 'long'], default: null },
    { name: 'doubtUntilMs', type: ['null', 'long'], default: null },
    {
      name: 'steps',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'ReplicaSteps',
          fields: [
            { name: 'replica', type: 'string' },
            { name: 'heardAtMs', type: 'long' },
            { name: 'highTimestampMs', type: ['null', 'long'] },
            { name: 'stepsMs', type: { type: 'array', items: 'long' } },
            { name: 'openStepMs', type: 'long' },
          ],
        },
      },
      default: [],
    },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const SHARD_FINGERPRINT = '1d71f79fa8881769';
