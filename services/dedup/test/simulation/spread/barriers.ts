import { barrierRecord, type Barrier } from '@tandem/records';

import { T0, TOPICS } from '../../pipeline.ts';
import { type SimulatedStorage } from '../../simulated-log.ts';
import { type Entry } from '../records.ts';
import { type Reign } from '../reigns.ts';
import { type Sent } from './ingest.ts';

/** A barrier, and where it stands in its partition. */
export interface PlacedBarrier {
  readonly barrier: Barrier;
  readonly offset: number;
  /** ms since the world began. */
  readonly atMs: number;
}

/** The barriers of a shard, in their order. */
export function barriersOf(
  storage: SimulatedStorage,
  { cluster, shard, partition }: { readonly cluster: string; readonly shard: number; readonly partition: number },
): readonly PlacedBarrier[] {
  return storage
    .records(TOPICS.samples, partition)
    .filter(({ headers }) => barrierRecord.is(headers))
    .map((record) => {
      const decoded = barrierRecord.decode(record);
      if (!decoded.ok) throw new Error(`cannot read a barrier: ${decoded.problem}`);
      return { barrier: decoded.value, offset: record.offset, atMs: record.timestampMs - T0 };
    })
    .filter(({ barrier }) => barrier.cluster === cluster && barrier.shard === shard);
}

/** The records of a run with the places they have come to among its barriers. */
export function placesOf(storage: SimulatedStorage, sent: readonly Sent[]): readonly Entry[] {
  const next = new Map<number, number>();
  const offsets = Array.from({ length: storage.partitions }, (_, partition) =>
    storage
      .records(TOPICS.samples, partition)
      .filter(({ headers }) => !barrierRecord.is(headers))
      .map(({ offset }) => offset),
  );
  return sent.map((each) => {
    const index = next.get(each.partition) ?? 0;
    next.set(each.partition, index + 1);
    return { ...each, offset: offsets[each.partition]?.[index] ?? NaN };
  });
}

/**
 * Who is followed when in a shard, by its barriers and the words of the SPEC ("Spread clusters"); written without the code
 * it is held against.
 *
 * @param entries the shard's records, in their order
 */
export function reignsOfShard(barriers: readonly PlacedBarrier[], entries: readonly Entry[]): readonly Reign[] {
  const reigns: Reign[] = [];
  let waitsFrom = 0;
  let isFollowing = false;
  for (const { barrier, offset, atMs } of barriers) {
    const { epoch, replica, reason } = barrier;
    const last = reigns.at(-1);
    if (last !== undefined && isFollowing) reigns.splice(-1, 1, { ...last, untilOffset: offset });
    if (replica === null) {
      isFollowing = false;
      waitsFrom = waitingFrom(barrier, { offset, waitsFrom });
      continue;
    }
    const from = isFollowing
      ? undefined
      : entries.find((entry) => entry.offset > waitsFrom - 1 && entry.offset < offset);
    reigns.push({
      epoch,
      replica,
      offset,
      electedAtMs: atMs,
      untilOffset: Infinity,
      reason: reason === 'lost-scrapes' || reason === 'score' ? reason : 'failover',
      forerunner: isFollowing ? forerunnerOf(barrier) : undefined,
      ...(from === undefined ? {} : { fromOffset: from.offset }),
    });
    isFollowing = true;
  }
  return reigns;
}

/** From where records wait behind an end: what has waited since one goes on waiting where the cluster is forgotten. */
function waitingFrom({ reason }: Barrier, at: { readonly offset: number; readonly waitsFrom: number }): number {
  return reason === 'forgotten' ? at.waitsFrom : at.offset;
}

function forerunnerOf(barrier: Barrier): Reign['forerunner'] {
  const { previousReplica, previousReceivedAtMs, previousHighTimestampMs } = barrier;
  if (previousReplica === null || previousReceivedAtMs === null) return undefined;
  const highMs = previousHighTimestampMs === null ? null : previousHighTimestampMs - T0;
  return { replica: previousReplica, heardAtMs: previousReceivedAtMs - T0, highMs };
}
