import { type ElectedState, type Election } from '@tandem/election';
import { barrierRecord, shardKey } from '@tandem/records';
import { partitionOf, type OutgoingRecord } from '@tandem/stream';

import { type ClusterName, type SourcePosition } from '../cluster-records.ts';

/** Reason of the barrier that says that a cluster is known no more. */
export const FORGOTTEN_REASON = 'forgotten';

/** What takes effect in the shards of a cluster, as its barriers say it. */
export interface Turn {
  readonly epoch: number;
  /** `null`: the cluster is vacant. */
  readonly replica: string | null;
  readonly reason: string;
  /** Log time, Unix ms. */
  readonly electedAtMs: number;
  readonly previous?: Election['previous'];
}

/** Where barriers go. */
export interface ShardPlaces {
  /** Full name of the topic `samples`. */
  readonly topic: string;
  /** Its number of partitions. */
  readonly partitions: number;
  readonly shards: number;
}

/** An election that stands, for shards that are new. */
export function standingTurn({ epoch, replica, electedAtMs }: ElectedState): Turn {
  return { epoch, replica, reason: 'shards', electedAtMs };
}

/** One barrier per shard, each into the partition of its shard. */
export function barrierOutputs(
  { tenant, cluster }: ClusterName,
  turn: Turn,
  { topic, partitions, shards }: ShardPlaces,
  source: SourcePosition,
): readonly OutgoingRecord[] {
  const { epoch, replica, reason, electedAtMs, previous } = turn;
  return Array.from({ length: shards }, (_, shard) => {
    const key = shardKey(tenant, cluster, shard);
    const barrier = barrierRecord.encode({
      tenant,
      cluster,
      shard,
      epoch,
      replica,
      reason,
      electedAtMs,
      previousReplica: previous?.replica ?? null,
      previousReceivedAtMs: previous?.receivedAtMs ?? null,
      previousHighTimestampMs: previous?.highTimestampMs ?? null,
      sourcePartition: source.partition,
      sourceOffset: source.offset,
    });
    return { topic, partition: partitionOf(key, partitions), key, ...barrier };
  });
}
