/* Made from proto/avro/election.avsc by tools/generate-avro.mjs. Do not edit. */

/** An election of a cluster: opens the interval of its epoch in sample time and ends the one before. Topic elections, key tenant/cluster. */
export interface Election {
  /** Tenant of the cluster. */
  readonly tenant: string;
  /** Value of the cluster label. */
  readonly cluster: string;
  /** Number of the election: 1 for the first of a cluster, one more with each. */
  readonly epoch: number;
  /** Value of the replica label of the elected replica. */
  readonly replica: string;
  /** Why: first-seen, failover, score, lost-scrapes, operator. A reader copes with others. */
  readonly reason: string;
  /** Log time of the election, Unix ms. */
  readonly electedAtMs: number;
  /** Sample time from which the epoch answers, Unix ms; null: from the beginning of time. */
  readonly fromTimestampMs: number | null;
  /** The replica elected until now; null when there was none. */
  readonly previousReplica: string | null;
  /** Log time of its newest record, Unix ms. */
  readonly previousReceivedAtMs: number | null;
  /** Its newest sample, Unix ms; null: not known. */
  readonly previousHighTimestampMs: number | null;
  /** What it was worse in, where the reason is score: lagging, clock-ahead, partial, targets-down. A reader copes with others. */
  readonly detail: string | null;
  /** Partition of the samples topic in which it was decided. */
  readonly sourcePartition: number;
  /** Offset of the record that decided it. */
  readonly sourceOffset: number;
}

/** The schema of {@link Election}, without its comments. */
export const ELECTION_SCHEMA = {
  type: 'record',
  name: 'Election',
  namespace: 'tandem',
  fields: [
    { name: 'tenant', type: 'string' },
    { name: 'cluster', type: 'string' },
    { name: 'epoch', type: 'long' },
    { name: 'replica', type: 'string' },
    { name: 'reason', type: 'string' },
    { name: 'electedAtMs', type: 'long' },
    { name: 'fromTimestampMs', type: ['null', 'long'] },
    { name: 'previousReplica', type: ['null', 'string'] },
    { name: 'previousReceivedAtMs', type: ['null', 'long'] },
    { name: 'previousHighTimestampMs', type: ['null', 'long'], default: null },
    { name: 'detail', type: ['null', 'string'], default: null },
    { name: 'sourcePartition', type: 'int' },
    { name: 'sourceOffset', type: 'long' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const ELECTION_FINGERPRINT = '2f26ce4dbe6843fb';
