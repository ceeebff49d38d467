import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from '../config/command-exit.ts';
import { type ClusterName } from './cluster-name.ts';
import { type ClusterStanding } from './read-clusters.ts';

/** Whether a cluster was spread over shards when it was last announced: it is elected from heartbeats then. */
export function isSpread(clusters: readonly ClusterStanding[], { tenant, cluster }: ClusterName): boolean {
  return clusters.some((each) => each.tenant === tenant && each.cluster === cluster && each.shards > 1);
}

/**
 * The cluster, as it was given: refuses what reads a cluster's records from one partition.
 *
 * @throws {CommandExit} 1 where the cluster is spread
 */
export function requireUnspread(clusters: readonly ClusterStanding[], name: ClusterName, command: string): ClusterName {
  if (!isSpread(clusters, name)) return name;
  const message = `cluster ${JSON.stringify(name.cluster)} is spread over shards: "${command}" is for clusters of one partition`;
  throw new CommandExit(EXIT_CODES.failed, message);
}
