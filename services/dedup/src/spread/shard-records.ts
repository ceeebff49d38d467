import { type BarrierInput, type ReplicaSteps, type ShardInput, type ShardState } from '@tandem/election';
import { barrierRecord, shardKey, shardRecord, type Barrier, type Shard } from '@tandem/records';
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
  /** How far apart the samples of its replicas come. */
  readonly steps: readonly ReplicaSteps[];
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
  { tenant, cluster, shard, state, seams, fills, watch, steps, atMs }: Omit<StoredShard, 'sourceOffset'>,
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
      ...followedOf(state),
      sourceOffset: source.offset,
      seams: seams.map((seam) => ({ ...seam, fromOffset: seam.fromOffset ?? null })),
      atMs: Number.isFinite(atMs) ? atMs : null,
      fills,
      watch,
      steps,
    }),
  };
}

function followedOf(
  state: ShardState,
): Pick<Shard, 'replica' | 'waitingFromOffset' | 'doubtFromOffset' | 'doubtUntilMs'> {
  const nobody = { replica: null, waitingFromOffset: null, doubtFromOffset: null, doubtUntilMs: null };
  if (state.kind === 'waiting') return { ...nobody, waitingFromOffset: state.fromOffset ?? null };
  const { replica, doubt } = state;
  if (doubt === undefined) return { ...nobody, replica };
  return { ...nobody, replica, doubtFromOffset: doubt.fromOffset, doubtUntilMs: doubt.untilMs };
}

/** Reads a record of `clusters` that is of a shard; a problem comes back as text. */
export function readShard(record: Pick<LogRecord, 'value' | 'headers'>): StoredShard | string {
  const decoded = shardRecord.decode(record);
  if (!decoded.ok) return decoded.problem;
  const { tenant, cluster, shard, seams, steps, sourceOffset } = decoded.value;
  const state = stateOf(decoded.value);
  const atMs = decoded.value.atMs ?? -Infinity;
  return { tenant, cluster, shard, state, seams, steps, atMs, sourceOffset, ...fillsOf(decoded.value) };
}

function stateOf({ epoch, replica, waitingFromOffset, doubtFromOffset, doubtUntilMs }: Shard): ShardState {
  if (replica === null) {
    return { kind: 'waiting', epoch, ...(waitingFromOffset === null ? {} : { fromOffset: waitingFromOffset }) };
  }
  const isCertain = doubtFromOffset === null || doubtUntilMs === null;
  const doubt = isCertain ? {} : { doubt: { fromOffset: doubtFromOffset, untilMs: doubtUntilMs } };
  return { kind: 'following', epoch, replica, ...doubt };
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
