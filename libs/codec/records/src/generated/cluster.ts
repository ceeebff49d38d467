/* Made from proto/avro/cluster.avsc by tools/generate-avro.mjs. Do not edit. */

/** The election of a cluster as it stands. Topic clusters (compacted), key tenant/cluster. */
export interface Cluster {
  /** Tenant of the cluster. */
  readonly tenant: string;
  /** Value of the cluster label. */
  readonly cluster: string;
  /** Number of the newest election; 0: the cluster is forgotten, but for what is still read of it. */
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
  /** Log time of the newest record of any replica when this was written, while somebody was elected, Unix ms; null: not known. */
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
    readonly forerunnerHighMs: number | null;
  }[];
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
  /** Time in which some replica was heard since the cluster was first seen, ms. */
  readonly activeMs: number;
  /** Log time of the newest election by score or by an operator, Unix ms; null: there was none. */
  readonly handedOverAtMs: number | null;
  /** How long the elected replica may be silent, as it was when this was written, ms; null when vacant. */
  readonly failoverTimeoutMs: number | null;
  /** The replicas heard, in no order that means anything; empty when vacant. */
  readonly replicas: readonly {
    readonly replica: string;
    readonly lastRecordMs: number;
    readonly highTimestampMs: number | null;
    readonly health: {
      readonly lagMs: number | null;
      readonly openLagMs: number | null;
      readonly weighedSamples: number;
      readonly weighedSpanMs: number;
      readonly weighedToMs: number | null;
      readonly openSamples: number;
      readonly upSamples: number;
      readonly downSamples: number;
      readonly gapsMs: readonly number[];
      readonly openGapMs: number;
      readonly stepsMs: readonly number[];
      readonly openStepMs: number;
      readonly heardActiveMs: number;
      readonly digests: readonly number[];
      readonly better: number;
    };
  }[];
  /** Shards the cluster is spread over. More than 1: it is elected from heartbeats, and sourceOffset is one of that topic. */
  readonly shards: number;
  /** What was to be said of its senders when this was written; none while they were not watched for long enough. For people: it decides nothing. */
  readonly verdicts: readonly { readonly replica: string; readonly verdict: string; readonly aheadMs: number }[];
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
            { name: 'forerunnerHighMs', type: ['null', 'long'], default: null },
          ],
        },
      },
      default: [],
    },
    {
      name: 'fills',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'FillStep',
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
          name: 'TargetWatch',
          fields: [
            { name: 'spentUntilMs', type: ['null', 'long'] },
            {
              name: 'replicas',
              type: {
                type: 'array',
                items: {
                  type: 'record',
                  name: 'WatchedReplica',
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
                          name: 'DownTarget',
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
    { name: 'activeMs', type: 'long', default: 0 },
    { name: 'handedOverAtMs', type: ['null', 'long'], default: null },
    { name: 'failoverTimeoutMs', type: ['null', 'long'], default: null },
    {
      name: 'replicas',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Replica',
          fields: [
            { name: 'replica', type: 'string' },
            { name: 'lastRecordMs', type: 'long' },
            { name: 'highTimestampMs', type: ['null', 'long'] },
            {
              name: 'health',
              type: {
                type: 'record',
                name: 'Health',
                fields: [
                  { name: 'lagMs', type: ['null', 'long'] },
                  { name: 'openLagMs', type: ['null', 'long'] },
                  { name: 'weighedSamples', type: 'double' },
                  { name: 'weighedSpanMs', type: 'double' },
                  { name: 'weighedToMs', type: ['null', 'long'] },
                  { name: 'openSamples', type: 'long' },
                  { name: 'upSamples', type: 'double' },
                  { name: 'downSamples', type: 'double' },
                  { name: 'gapsMs', type: { type: 'array', items: 'long' } },
                  { name: 'openGapMs', type: 'long' },
                  { name: 'stepsMs', type: { type: 'array', items: 'long' }, default: [] },
                  { name: 'openStepMs', type: 'long', default: 0 },
                  { name: 'heardActiveMs', type: 'long' },
                  { name: 'digests', type: { type: 'array', items: 'int' } },
                  { name: 'better', type: 'int' },
                ],
              },
            },
          ],
        },
      },
      default: [],
    },
    { name: 'shards', type: 'int', default: 1 },
    {
      name: 'verdicts',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Verdict',
          fields: [
            { name: 'replica', type: 'string' },
            { name: 'verdict', type: 'string' },
            { name: 'aheadMs', type: 'double' },
          ],
        },
      },
      default: [],
    },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const CLUSTER_FINGERPRINT = '471402f5743fc261';
