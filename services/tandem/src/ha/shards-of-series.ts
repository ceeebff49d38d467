import { shardKey } from '@tandem/records';
import { fingerprintOf, shardOf } from '@tandem/series';
import { partitionOf } from '@tandem/stream';

import { type ClusterName } from './cluster-name.ts';
import { parseSelector, type Matchers } from './series-selector.ts';

/** A shard of a spread cluster, and its partition of `samples`. */
export interface ShardPlace {
  readonly shard: number;
  readonly partition: number;
}

/** What decides to which shard a series goes, and where the shard is. */
export interface ShardLayout {
  readonly shards: number;
  /** Of `samples`. */
  readonly partitions: number;
  readonly replicaLabel: string;
}

/** All shards of a cluster; first the one of the series that has just the labels that are matched. */
export function shardsOfSeries(
  { tenant, cluster }: ClusterName,
  matchers: Matchers,
  { shards, partitions, replicaLabel }: ShardLayout,
): readonly [ShardPlace, ...ShardPlace[]] {
  const labels = Array.from(matchers, ([name, value]) => ({ name, value }));
  const own = shardOf(fingerprintOf(labels, replicaLabel), shards);
  const place = (shard: number): ShardPlace => {
    return { shard, partition: partitionOf(shardKey(tenant, cluster, shard), partitions) };
  };
  const others = Array.from({ length: shards }, (_, shard) => shard).filter((shard) => shard !== own);
  return [place(own), ...others.map(place)];
}

/** Whether matchers name all labels of a series, which is given as a selector: no other shard has one that is meant. */
export function isWholeSeries(series: string, matchers: Matchers): boolean {
  const read = parseSelector(series);
  const wanted = [...matchers].filter(([, value]) => value !== '');
  return (
    read.ok &&
    read.matchers.size === wanted.length &&
    wanted.every(([name, value]) => read.matchers.get(name) === value)
  );
}
