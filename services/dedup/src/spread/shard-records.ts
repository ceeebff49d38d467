import { type BarrierInput, type ShardInput, type ShardState } from '@tandem/election';
import { barrierRecord, shardKey, shardRecord, type Barrier } from '@tandem/records';
import { type LogRecord, type OutgoingRecord } from '@tandem/stream';

import { type ClusterName, type SourcePosition } from '../cluster-records.ts';
import { type StoredFills } from '../fill/cluster-fills.ts';
import { fillsOf } from '../fill/stored-fills.ts';
import { type OpenSeam } from '../seam/open-seam.ts';
import { FORGOTTEN_REASON } from './barriers.ts';

/** A shard of a spread cluster by its names. */
export interface ShardName extends ClusterName {
  readonly shard: number;
}

/** A shard as it was written down. */
export interface StoredShard extends ShardName, StoredFills {
  readonly state: ShardState;
  /** Seams that are open, oldest first. */
  readonly seams: readonly OpenSeam[];
  /** The partition's clock when it was written, Unix ms; `-Infinity`: by a version that knew of no fills. */
  readonly atMs: number;
  /** Offset of the samples record it was written for. */
  readonly sourceOffset: number;
}

type ForgetInput = ShardInput & { readonly kind: 'forget' };

/** A barrier as it stands in the log. */
export interface ReceivedBarrier extends ShardName {
  readonly input: BarrierInput | ForgetInput;
}

/** The record of `clusters` for a shard. */
export function shardOutput(
  topic: string,
  { tenant, cluster, shard, state, seams, fills, watch, atMs }: Omit<StoredShard, 'sourceOffset'>,
  source: SourcePosition,
): OutgoingRecord {
  return {
    topic,
    partition: source.partition,
    key: shardKey(tenant, cluster, shard),
    ...shardRecord.encode({
      tenant,
      cluster,
      shard,
      epoch: state.epoch,
      replica: state.kind === 'following' ? state.replica : null,
      waitingFromOffset: state.kind === 'waiting' ? (state.fromOffset ?? null) : null,
      sourceOffset: source.offset,
      seams: seams.map((seam) => ({ ...seam, fromOffset: seam.fromOffset ?? null })),
      atMs: Number.isFinite(atMs) ? atMs : null,
      fills,
      watch,
    }),
  };
}

/** Reads a record of `clusters` that is of a shard; a problem comes back as text. */
export function readShard(record: Pick<LogRecord, 'value' | 'headers'>): StoredShard | string {
  const decoded = shardRecord.decode(record);
  if (!decoded.ok) return decoded.problem;
  const { tenant, cluster, shard, epoch, replica, waitingFromOffset, seams, sourceOffset } = decoded.value;
  const waiting = waitingFromOffset === null ? {} : { fromOffset: waitingFromOffset };
  const state: ShardState =
    replica === null ? { kind: 'waiting', epoch, ...waiting } : { kind: 'following', epoch, replica };
  const atMs = decoded.value.atMs ?? -Infinity;
  return { tenant, cluster, shard, state, seams, atMs, sourceOffset, ...fillsOf(decoded.value) };
}

/** Reads a barrier; a problem comes back as text. */
export function readBarrier(record: Pick<LogRecord, 'value' | 'headers'>): ReceivedBarrier | string {
  const decoded = barrierRecord.decode(record);
  if (!decoded.ok) return decoded.problem;
  const { tenant, cluster, shard, epoch, replica, reason, electedAtMs, ...previous }: Barrier = decoded.value;
  if (replica === null && reason === FORGOTTEN_REASON) {
    return { tenant, cluster, shard, input: { kind: 'forget', epoch } };
  }
  const { previousReceivedAtMs, previousHighTimestampMs } = previous;
  const input: BarrierInput = {
    kind: 'barrier',
    epoch,
    electedAtMs,
    ...(replica === null ? {} : { replica }),
    ...(previousReceivedAtMs === null ? {} : { previousReceivedAtMs }),
    ...(previousHighTimestampMs === null ? {} : { previousHighTimestampMs }),
  };
  return { tenant, cluster, shard, input };
}
