import { describe, expect, it } from '@jest/globals';
import { clusterKey, shardKey } from '@tandem/records';
import { fingerprintOf, shardOf } from '@tandem/series';
import { partitionOf } from '@tandem/stream';

import { partitionOfSeries, type PartitionSettings } from '../src/ha/partition-of.ts';

const SETTINGS: PartitionSettings = {
  partitions: 8,
  spread: [{ tenant: 't', cluster: 'big', shards: 4 }],
  clusterLabel: 'cluster',
  replicaLabel: '__replica__',
};

function placesOf(cluster: string, series?: string): readonly unknown[] {
  return JSON.parse(partitionOfSeries({ tenant: 't', cluster, series, json: true }, SETTINGS)) as readonly unknown[];
}

describe('tandem partition-of', () => {
  it('tells the one partition of a cluster that is not spread, whatever the series', () => {
    const partition = partitionOf(clusterKey('t', 'small'), 8);
    const place = { topic: 'samples', key: 't/small', shard: null, partition };
    expect(placesOf('small')).toEqual([place]);
    expect(placesOf('small', 'up{job="node"}')).toEqual([place]);
  });

  it('tells the partition of each shard of a spread one, and of its heartbeats', () => {
    const shards = [0, 1, 2, 3].map((shard) => ({
      topic: 'samples',
      key: `t/big/${shard}`,
      shard,
      partition: partitionOf(shardKey('t', 'big', shard), 8),
    }));
    const heartbeats = {
      topic: 'heartbeats',
      key: 't/big',
      shard: null,
      partition: partitionOf(clusterKey('t', 'big'), 8),
    };
    expect(placesOf('big')).toEqual([...shards, heartbeats]);
  });

  it('tells the shard of a series by its labels, with the cluster’s label and without the replica’s', () => {
    const labels = [
      { name: '__name__', value: 'up' },
      { name: 'cluster', value: 'big' },
      { name: 'job', value: 'node' },
    ];
    const shard = shardOf(fingerprintOf(labels), 4);
    const place = {
      topic: 'samples',
      key: `t/big/${shard}`,
      shard,
      partition: partitionOf(shardKey('t', 'big', shard), 8),
    };
    expect(placesOf('big', 'up{job="node"}')).toEqual([place]);
    expect(placesOf('big', 'up{job="node", cluster="big", __replica__="a"}')).toEqual([place]);
  });

  it('prints a table for people', () => {
    const text = partitionOfSeries({ tenant: 't', cluster: 'big', series: undefined, json: false }, SETTINGS);
    expect(text.split('\n')[0]).toMatch(/^TOPIC +KEY +SHARD +PARTITION$/);
    expect(text).toMatch(/^heartbeats +t\/big +- +\d$/m);
  });

  it('refuses a series that cannot be read, and one of another cluster', () => {
    expect(() => placesOf('big', 'up{')).toThrow('cannot read SERIES');
    expect(() => placesOf('big', 'up{cluster="other"}')).toThrow('SERIES is of cluster "other"');
  });
});
