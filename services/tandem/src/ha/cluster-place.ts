import { type SettingsScope } from '@tandem/records';

import { type ClusterName } from './cluster-name.ts';
import { type ClusterStanding } from './read-clusters.ts';

/** Where the elections of a cluster are decided. */
export interface ClusterPlace {
  /** Whose records decide: those of `samples`, or `heartbeats` where the cluster is spread over shards. */
  readonly of: SettingsScope;
  /** Of that topic. */
  readonly partition: number;
  /** 1: it is not spread. */
  readonly shards: number;
}

/** Where a cluster was last announced to be elected. */
export function placeOfCluster(clusters: readonly ClusterStanding[], { tenant, cluster }: ClusterName): ClusterPlace {
  const standings = clusters.filter((standing) => standing.tenant === tenant && standing.cluster === cluster);
  const newest = standings.reduce<ClusterStanding | undefined>(
    (found, standing) => ((standing.receivedAtMs ?? 0) > (found?.receivedAtMs ?? -1) ? standing : found),
    undefined,
  );
  const { partition, shards } = newest ?? { partition: 0, shards: 1 };
  return { of: shards > 1 ? 'heartbeats' : 'samples', partition, shards };
}
