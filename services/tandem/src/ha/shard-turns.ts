import { type Barrier, type Election } from '@tandem/records';

import { type ClusterStanding } from './read-clusters.ts';

/** A barrier of a shard, and where it was met. */
export interface MetBarrier extends Barrier {
  /** Its offset in `samples`. */
  readonly offset: number;
  /** Log time, Unix ms. */
  readonly appendedMs: number;
}

/** An election as it takes effect in a shard: its place is that of its barrier in `samples`. */
export interface ShardElection extends Election {
  /** When it took effect, log time of the shard's partition, Unix ms. */
  readonly effectiveMs: number;
}

/** What a shard followed. */
export interface ShardTurns {
  /** In the order of the log; the first one may have begun before what was read. */
  readonly elections: readonly ShardElection[];
  /** Offsets of `samples` from which on nobody was elected. */
  readonly ends: readonly number[];
}

/** What was known before the first barrier that was met. */
export interface BeforeBarriers {
  /** The elections of the cluster, in the order of log time. */
  readonly elections: readonly Election[];
  /** The cluster as it stands. */
  readonly standing: ClusterStanding | undefined;
  /** Log time at which reading began, Unix ms. */
  readonly fromMs: number;
}

/** What a shard followed, by the barriers in a stretch of its partition (SPEC of @tandem/election, "Spread clusters"). */
export function shardTurns(barriers: readonly MetBarrier[], before: BeforeBarriers): ShardTurns {
  const begun = electedBefore(barriers[0], before);
  const elections: ShardElection[] = begun === undefined ? [] : [{ ...begun, sourceOffset: -1 }];
  const ends: number[] = [];
  let epoch = begun?.epoch ?? 0;
  for (const barrier of barriers) {
    const election = electionOf(barrier);
    // An end is that of its own epoch; who is elected is told again when a cluster gets more shards.
    if (election === undefined ? barrier.epoch < epoch : barrier.epoch <= epoch) continue;
    ({ epoch } = barrier);
    if (election === undefined) ends.push(barrier.offset);
    else elections.push(election);
  }
  return { elections, ends };
}

/** Whoever was followed before the first barrier; `undefined`: nobody, as far as is known. */
function electedBefore(
  first: MetBarrier | undefined,
  { elections, standing, fromMs }: BeforeBarriers,
): ShardElection | undefined {
  if (first !== undefined && first.replica !== null && first.previousReplica === null) return undefined;
  const known = [...standingElection(standing), ...elections];
  const isBefore = ({ epoch, electedAtMs }: Election): boolean => {
    if (electedAtMs >= fromMs) return false;
    return first === undefined || epoch < first.epoch || (first.replica === null && epoch === first.epoch);
  };
  const found = known
    .filter(isBefore)
    .toSorted((a, b) => a.electedAtMs - b.electedAtMs)
    .at(-1);
  return found && { ...found, effectiveMs: found.electedAtMs };
}

/** The election that stands: the record of it may no longer be kept. */
function standingElection(standing: ClusterStanding | undefined): readonly Election[] {
  if (standing === undefined || standing.replica === null || standing.electedAtMs === null) return [];
  const { tenant, cluster, epoch, replica, electedAtMs, fromTimestampMs, partition, sourceOffset } = standing;
  const previous = { previousReplica: null, previousReceivedAtMs: null, previousHighTimestampMs: null };
  const place = { sourcePartition: partition, sourceOffset };
  return [
    {
      tenant,
      cluster,
      epoch,
      replica,
      electedAtMs,
      fromTimestampMs,
      reason: 'unknown',
      detail: null,
      ...previous,
      ...place,
    },
  ];
}

function electionOf(barrier: MetBarrier): ShardElection | undefined {
  const { replica, offset: sourceOffset, appendedMs: effectiveMs, ...told } = barrier;
  return replica === null
    ? undefined
    : { ...told, replica, detail: null, fromTimestampMs: null, sourceOffset, effectiveMs };
}
