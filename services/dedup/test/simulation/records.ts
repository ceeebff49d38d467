import { clusterKey, encodeSamplesHeaders, shardKey, unpairedKey } from '@tandem/records';
import { compress, encode, scan, type SeriesInput } from '@tandem/remote-write';

import { T0 } from '../pipeline.ts';
import { type Appended } from '../simulated-log.ts';
import { live, type Sample } from './prometheus.ts';
import { Random } from './random.ts';
import { type Arrival } from './shard.ts';
import { TENANT, type Cluster, type Replica, type World } from './world.ts';

/** A record of `samples`, with what is known of it in the world. */
export interface Entry extends Arrival {
  /** Which part of its spread cluster it holds. */
  readonly ofShard?: number;
  /** Reports of targets that are down, where they are not (all) among its own samples: those of the request it is a part of. */
  readonly reports?: readonly Sample[];
  readonly partition: number;
  readonly offset: number;
  readonly cluster: Cluster;
  readonly replica: Replica;
  readonly samples: readonly Sample[];
  readonly record: Appended;
}

/** Everything that reached the log, in the order of its append times; offsets are by partition. */
export function historyOf(world: World): readonly Entry[] {
  const random = new Random(world.seed ^ 0x5eed);
  const sent: Omit<Entry, 'offset' | 'record'>[] = [];
  for (const cluster of world.clusters) {
    for (const replica of cluster.replicas) {
      const { arrivals } = live(replica, cluster.targets, world, random.fork());
      // The world ends for everybody at once: what would have come later does not count as silence of the others.
      for (const arrival of arrivals) {
        if (arrival.atMs < world.durationMs) sent.push({ ...arrival, partition: cluster.partition, cluster, replica });
      }
    }
  }
  sent.sort((x, y) => x.atMs - y.atMs);
  const ends: number[] = [];
  return sent.map((each) => {
    const offset = ends[each.partition] ?? 0;
    ends[each.partition] = offset + 1;
    return { ...each, offset, record: recordOf(each) };
  });
}

/** The key of a cluster's records, or of those of one of its shards. */
export function keyOf({ name, partition }: Cluster, ofShard?: number): Uint8Array {
  if (name !== undefined && ofShard !== undefined) return shardKey(TENANT, name, ofShard);
  return name === undefined ? unpairedKey(TENANT, partition) : clusterKey(TENANT, name);
}

/** The labels a series goes on with, in the order of their names. */
export function labelsOf(cluster: Cluster, series: string): readonly { name: string; value: string }[] {
  const [, name = '', job = ''] = /^(.*)\{(.*)\}$/.exec(series) ?? [];
  const own = cluster.name === undefined ? [] : [{ name: 'cluster', value: cluster.name }];
  return [
    { name: '__name__', value: name },
    ...own,
    { name: 'instance', value: `${job}:9100` },
    { name: 'job', value: job },
  ];
}

/** The record ingest makes of a request, or of the part of it that is of one shard. */
export function recordOf(entry: Omit<Entry, 'offset' | 'record'>): Appended {
  const { atMs, cluster, replica, samples, ofShard, reports } = entry;
  const { protocol } = replica;
  const times = samples.map(({ stampMs }) => T0 + stampMs);
  const wire = protocol === '1.0' ? 'v1' : 'v2';
  const body = encode(wire, bodyOf(cluster, replica, samples));
  return {
    timestampMs: T0 + atMs,
    key: keyOf(cluster, ofShard),
    value: compress(body),
    headers: encodeSamplesHeaders({
      tenant: TENANT,
      ...(cluster.name === undefined ? {} : { pair: { cluster: cluster.name, replica: replica.name } }),
      ...(ofShard === undefined ? {} : { shard: ofShard }),
      protocol,
      samples: samples.length,
      span: { minTimestampMs: Math.min(...times), maxTimestampMs: Math.max(...times) },
      receivedAtMs: T0 + atMs,
      downTargets: downTargetsOf(wire, reports === undefined ? body : encode(wire, bodyOf(cluster, replica, reports))),
    }),
  };
}

/** What a record reports: samples of `up` that are 0. */
export function reportsOf({ samples, reports = samples }: Pick<Entry, 'samples' | 'reports'>): readonly Sample[] {
  return reports.filter(({ series, value }) => series.startsWith('up{') && value === 0);
}

/** What ingest finds in a body. */
function downTargetsOf(protocol: 'v1' | 'v2', body: Uint8Array): readonly string[] {
  const scanned = scan(protocol, body, { clusterLabel: 'cluster', replicaLabel: '__replica__' });
  if (!scanned.ok) throw new Error(scanned.problem.message);
  return scanned.summary.downTargets;
}

/** The series of a request, as a replica sends them. */
export function bodyOf(cluster: Cluster, replica: Replica, samples: readonly Sample[]): readonly SeriesInput[] {
  const body: { labels: SeriesInput['labels']; samples: SeriesInput['samples'][number][] }[] = [];
  const entries = new Map<string, (typeof body)[number]>();
  for (const { series, value, stale, stampMs } of samples) {
    let entry = replica.entryPerSample ? undefined : entries.get(series);
    if (entry === undefined) {
      const own = cluster.name === undefined ? [] : [{ name: '__replica__', value: replica.name }];
      entry = { labels: [...labelsOf(cluster, series), ...own], samples: [] };
      entries.set(series, entry);
      body.push(entry);
    }
    entry.samples.push({ value, stale, timestampMs: T0 + stampMs });
  }
  return body;
}
