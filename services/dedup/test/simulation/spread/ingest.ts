import { clusterKey, heartbeatRecord, shardKey } from '@tandem/records';
import { encode, split } from '@tandem/remote-write';
import { partitionOf } from '@tandem/stream';

import { T0, TOPICS } from '../../pipeline.ts';
import { type Fed } from '../consumer.ts';
import { live, type Sample } from '../prometheus.ts';
import { Random } from '../random.ts';
import { bodyOf, recordOf, reportsOf, type Entry } from '../records.ts';
import { type Arrival } from '../shard.ts';
import { TENANT, type Cluster, type Replica } from '../world.ts';
import { type IngestInstance, type SpreadWorld } from './spread-world.ts';

/** A record that reached the log; where in its partition is not known before its barriers are. */
export type Sent = Omit<Entry, 'offset'>;

/** A heartbeat that reached the log: its samples are the oldest and the newest one it tells of. */
export type Beat = Entry;

/** Everything that reached the log in a world with spread clusters. */
export interface SpreadHistory {
  /** Records of `samples`, in their order. */
  readonly sent: readonly Sent[];
  /** Records of `heartbeats`, in their order; offsets are by partition. */
  readonly beats: readonly Beat[];
  /** Both, in their order. */
  readonly fed: readonly Fed[];
}

/** A request as it reached an instance of ingest. */
interface Request extends Arrival {
  readonly cluster: Cluster;
  readonly replica: Replica;
}

/** Plays a world's senders and ingest. */
export function spreadHistoryOf(world: SpreadWorld): SpreadHistory {
  const random = new Random(world.seed ^ 0x5eed);
  const requests = world.clusters.flatMap((cluster) =>
    cluster.replicas.flatMap((replica) => requestsOf(cluster, replica, world, random.fork())),
  );
  requests.sort((x, y) => x.atMs - y.atMs);
  const shares = shareOut(requests, world, random);
  const sent = shares.flat().sort((x, y) => x.atMs - y.atMs);
  const told = world.ingests.flatMap((ingest, i) => tellingsOf(ingest, shares[i] ?? [], world, random.fork()));
  const beats = placed(
    told.filter(({ atMs }) => atMs < world.durationMs).sort((x, y) => x.atMs - y.atMs),
    world,
  );
  const fed = [
    ...sent.map(({ atMs, partition, record }) => ({ atMs, partition, record })),
    ...beats.map(({ atMs, partition, record }) => ({ atMs, topic: TOPICS.heartbeats, partition, record })),
  ].sort((x, y) => x.atMs - y.atMs);
  return { sent, beats, fed };
}

function requestsOf(cluster: Cluster, replica: Replica, world: SpreadWorld, random: Random): readonly Request[] {
  const { arrivals } = live(replica, cluster.targets, world, random);
  return arrivals.filter(({ atMs }) => atMs < world.durationMs).map((arrival) => ({ ...arrival, cluster, replica }));
}

/**
 * The records each instance appends. One that is killed may have appended a part of a request, which the sender then sends
 * again, before its next one.
 */
function shareOut(requests: readonly Request[], world: SpreadWorld, random: Random): readonly (readonly Sent[])[] {
  const shards = new ShardsOfSeries();
  const shares = world.ingests.map(() => [] as Sent[]);
  const nextMs = nextOfQueue(requests, world.durationMs);
  for (const [i, request] of requests.entries()) {
    const index = random.int(0, world.ingests.length - 1);
    const share = shares[index] ?? [];
    const parts = partsOf(request, world.partitions, shards);
    const dies = world.ingests[index]?.killedAtMs.some((atMs) => atMs >= request.atMs && atMs < request.atMs + 300);
    const latestMs = Math.min((nextMs[i] ?? 0) - 1, request.atMs + 5000);
    if (dies !== true || latestMs <= request.atMs + 300) {
      share.push(...parts);
      continue;
    }
    share.push(...parts.slice(0, random.int(0, parts.length)));
    const again = { ...request, atMs: random.int(request.atMs + 300, latestMs), attempt: request.attempt + 1 };
    shares[random.int(0, shares.length - 1)]?.push(...partsOf(again, world.partitions, shards));
  }
  return shares.map((share) => share.sort((x, y) => x.atMs - y.atMs));
}

/** When the next request of the same shard of a sender's queue comes, for each. */
function nextOfQueue(requests: readonly Request[], endMs: number): readonly number[] {
  const next = new Map<string, number>();
  return requests
    .toReversed()
    .map(({ cluster, replica, shard, atMs }) => {
      const queue = `${cluster.name ?? ''}/${replica.name}/${shard}`;
      const nextMs = next.get(queue) ?? endMs;
      next.set(queue, atMs);
      return nextMs;
    })
    .toReversed();
}

/** The records of a request, one for each shard it has samples of. */
function partsOf(request: Request, partitions: number, shards: ShardsOfSeries): readonly Sent[] {
  const { cluster, replica } = request;
  if (cluster.shards === undefined) {
    const sent = { ...request, partition: cluster.partition };
    return [{ ...sent, record: recordOf(sent) }];
  }
  const byShard = new Map<number, Sample[]>();
  for (const sample of request.samples) {
    const shard = shards.of(cluster, replica, sample);
    byShard.set(shard, [...(byShard.get(shard) ?? []), sample]);
  }
  // Ingest names them in each record of the request.
  const reports = reportsOf(request);
  return [...byShard]
    .sort(([a], [b]) => a - b)
    .map(([ofShard, samples]) => {
      const partition = partitionOf(shardKey(TENANT, cluster.name ?? '', ofShard), partitions);
      const sent = { ...request, partition, ofShard, samples, reports };
      return { ...sent, record: recordOf(sent) };
    });
}

/** Which shard a series is in, as ingest splits it. */
class ShardsOfSeries {
  readonly #known = new Map<string, number>();

  of(cluster: Cluster, replica: Replica, sample: Sample): number {
    const name = `${cluster.name ?? ''}/${sample.series}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const options = {
      clusterLabel: 'cluster',
      replicaLabel: '__replica__',
      partitions: 1,
      shardsOf: () => cluster.shards ?? 1,
    };
    const parts = split('v1', encode('v1', bodyOf(cluster, replica, [sample])), options);
    const key = parts.ok ? parts.groups[0]?.key : undefined;
    if (key?.kind !== 'pair' || key.shard === undefined) throw new Error(`no shard for ${sample.series}`);
    this.#known.set(name, key.shard);
    return key.shard;
  }
}

type Telling = Omit<Beat, 'offset' | 'record' | 'partition'> & { readonly count: number };

/** What an instance tells, second by second, of what it has appended. */
function tellingsOf(
  ingest: IngestInstance,
  share: readonly Sent[],
  world: SpreadWorld,
  random: Random,
): readonly Telling[] {
  const told: Telling[] = [];
  let open: Sent[] = [];
  let next = 0;
  let latestMs = 0;
  for (let fromMs = ingest.phaseMs - 1000; fromMs < world.durationMs; fromMs += 1000) {
    const untilMs = fromMs + 1000;
    const end = endOf(share, next, untilMs);
    open.push(...share.slice(next, end).filter(({ ofShard }) => ofShard !== undefined));
    next = end;
    open = open.filter(({ atMs }) => !ingest.killedAtMs.some((killedMs) => killedMs >= atMs && killedMs < untilMs));
    if (open.length === 0 || random.chance(ingest.failures)) continue;
    latestMs = Math.max(latestMs, untilMs + random.int(0, ingest.maxDelayMs));
    told.push(...byReplica(open).map((records) => tellingOf(records, latestMs)));
    if (!random.chance(ingest.repeats)) open = [];
  }
  return told;
}

function endOf(share: readonly Sent[], from: number, untilMs: number): number {
  let end = from;
  while (end < share.length && (share[end]?.atMs ?? Infinity) < untilMs) end++;
  return end;
}

function byReplica(sent: readonly Sent[]): readonly (readonly [Sent, ...Sent[]])[] {
  const found = new Map<Replica, [Sent, ...Sent[]]>();
  for (const each of sent) {
    const known = found.get(each.replica);
    if (known === undefined) found.set(each.replica, [each]);
    else known.push(each);
  }
  return [...found.values()];
}

function tellingOf(records: readonly [Sent, ...Sent[]], atMs: number): Telling {
  const [{ cluster, replica }] = records;
  const samples = records.flatMap((record) => record.samples).sort((x, y) => x.stampMs - y.stampMs);
  const ends = [samples[0], samples.at(-1)].filter((sample) => sample !== undefined);
  return { atMs, shard: 0, attempt: 1, cluster, replica, samples: ends, count: samples.length };
}

function placed(told: readonly Telling[], { partitions }: SpreadWorld): readonly Beat[] {
  const ends: number[] = [];
  return told.map(({ count, ...telling }) => {
    const key = clusterKey(TENANT, telling.cluster.name ?? '');
    const partition = partitionOf(key, partitions);
    const offset = ends[partition] ?? 0;
    ends[partition] = offset + 1;
    const record = { timestampMs: T0 + telling.atMs, key, ...encodedBeat(telling, count) };
    return { ...telling, partition, offset, record };
  });
}

function encodedBeat({ cluster, replica, samples, atMs }: Omit<Telling, 'count'>, count: number) {
  const [first, last] = [samples[0], samples.at(-1)];
  return heartbeatRecord.encode({
    tenant: TENANT,
    cluster: cluster.name ?? '',
    replica: replica.name,
    shards: cluster.shards ?? 1,
    samples: count,
    upSamples: 0,
    downSamples: 0,
    minTimestampMs: first === undefined ? null : T0 + first.stampMs,
    maxTimestampMs: last === undefined ? null : T0 + last.stampMs,
    receivedFromMs: T0 + atMs,
    receivedUntilMs: T0 + atMs,
    perShard: [],
  });
}
