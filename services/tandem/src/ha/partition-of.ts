import { EXIT_CODES } from '@tandem/lifecycle';
import { clusterKey, shardKey, spreadTable, type SpreadCluster } from '@tandem/records';
import { fingerprintOf, shardOf } from '@tandem/series';
import { partitionOf } from '@tandem/stream';

import { CommandExit } from '../config/command-exit.ts';
import { formatJson } from './report.ts';
import { parseSelector } from './series-selector.ts';
import { formatTable } from './table.ts';

/** What `tandem partition-of` was asked. */
export interface PartitionQuery {
  readonly tenant: string;
  readonly cluster: string;
  /** All labels of a series but the replica's; the cluster's may be left out. */
  readonly series: string | undefined;
  readonly json: boolean;
}

/** What of the configuration decides where records go. */
export interface PartitionSettings {
  readonly partitions: number;
  readonly spread: readonly SpreadCluster[];
  readonly clusterLabel: string;
  readonly replicaLabel: string;
}

/** Where records of one key go. */
interface Place {
  readonly topic: 'samples' | 'heartbeats';
  readonly key: string;
  /** `null`: the cluster is not spread, or it is no shard's. */
  readonly shard: number | null;
  readonly partition: number;
}

/**
 * Where the records of a cluster, or of one series of it, go: by the configuration alone.
 *
 * @throws {CommandExit} 2 where the series cannot be read
 */
export function partitionOfSeries(query: PartitionQuery, settings: PartitionSettings): string {
  const places = placesOf(query, settings);
  if (query.json) return formatJson(places);
  const rows = places.map(({ topic, key, shard, partition }) => [topic, key, String(shard ?? '-'), String(partition)]);
  return formatTable(['TOPIC', 'KEY', 'SHARD', 'PARTITION'], rows);
}

function placesOf({ tenant, cluster, series }: PartitionQuery, settings: PartitionSettings): readonly Place[] {
  const { partitions, spread } = settings;
  const shards = spreadTable(spread)(tenant, cluster);
  const place = (topic: Place['topic'], key: Uint8Array, shard: number | null): Place => {
    return { topic, key: new TextDecoder().decode(key), shard, partition: partitionOf(key, partitions) };
  };
  const ofShard = (shard: number): Place => place('samples', shardKey(tenant, cluster, shard), shard);
  const high = series === undefined ? undefined : fingerprint(series, cluster, settings).high;
  if (shards === 1) return [place('samples', clusterKey(tenant, cluster), null)];
  if (high !== undefined) return [ofShard(shardOf({ high }, shards))];
  const all = Array.from({ length: shards }, (_, shard) => ofShard(shard));
  return [...all, place('heartbeats', clusterKey(tenant, cluster), null)];
}

function fingerprint(
  series: string,
  cluster: string,
  { clusterLabel, replicaLabel }: PartitionSettings,
): { readonly high: number } {
  const parsed = parseSelector(series);
  if (!parsed.ok) throw new CommandExit(EXIT_CODES.usage, `cannot read SERIES: ${parsed.problem}`);
  const named = parsed.matchers.get(clusterLabel);
  if (named !== undefined && named !== cluster) {
    throw new CommandExit(EXIT_CODES.usage, `SERIES is of cluster ${JSON.stringify(named)}`);
  }
  const labels = new Map([...parsed.matchers, [clusterLabel, cluster]]);
  return fingerprintOf(
    Array.from(labels, ([name, value]) => ({ name, value })),
    replicaLabel,
  );
}
