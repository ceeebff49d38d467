import { type ClusterName } from './cluster-name.ts';
import { type ClusterStanding } from './read-clusters.ts';

/** The partition a cluster was last announced in. */
export function partitionOfCluster(clusters: readonly ClusterStanding[], { tenant, cluster }: ClusterName): number {
  const standings = clusters.filter((standing) => standing.tenant === tenant && standing.cluster === cluster);
  const newest = standings.reduce<ClusterStanding | undefined>(
    (found, standing) => ((standing.receivedAtMs ?? 0) > (found?.receivedAtMs ?? -1) ? standing : found),
    undefined,
  );
  return newest?.partition ?? 0;
}
