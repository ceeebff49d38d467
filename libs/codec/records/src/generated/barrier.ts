/* Made from proto/avro/barrier.avsc by tools/generate-avro.mjs. Do not edit. */

/** An election of a spread cluster, as it takes effect in one shard: from this record on. In samples (header kind: barrier), key tenant/cluster/shard. */
export interface Barrier {
  /** Tenant of the cluster. */
  readonly tenant: string;
  /** Value of the cluster label. */
  readonly cluster: string;
  /** The shard this is for, from 0. */
  readonly shard: number;
  /** Number of the election; one that the shard has passed already is void. */
  readonly epoch: number;
  /** The elected replica; null: the cluster fell silent and is vacant, its epoch is over. */
  readonly replica: string | null;
  /** As in Election; idle where the cluster is vacant. */
  readonly reason: string;
  /** Log time of the election in heartbeats, Unix ms. */
  readonly electedAtMs: number;
  /** The forerunner: the replica elected until now; null when there was none. */
  readonly previousReplica: string | null;
  /** Log time of its newest heartbeat, Unix ms. */
  readonly previousReceivedAtMs: number | null;
  /** Its newest sample, Unix ms; null: not known. */
  readonly previousHighTimestampMs: number | null;
  /** Partition of heartbeats in which it was decided. */
  readonly sourcePartition: number;
  /** Offset of the record that decided it. */
  readonly sourceOffset: number;
}

/** The schema of {@link Barrier}, without its comments. */
export const BARRIER_SCHEMA = {
  type: 'record',
  name: 'Barrier',
  namespace: 'tandem',
  fields: [
    { name: 'tenant', type: 'string' },
    { name: 'cluster', type: 'string' },
    { name: 'shard', type: 'int' },
    { name: 'epoch', type: 'long' },
    { name: 'replica', type: ['null', 'string'] },
    { name: 'reason', type: 'string' },
    { name: 'electedAtMs', type: 'long' },
    { name: 'previousReplica', type: ['null', 'string'] },
    { name: 'previousReceivedAtMs', type: ['null', 'long'] },
    { name: 'previousHighTimestampMs', type: ['null', 'long'] },
    { name: 'sourcePartition', type: 'int' },
    { name: 'sourceOffset', type: 'long' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const BARRIER_FINGERPRINT = '6980ff5fc0e4cfb8';
