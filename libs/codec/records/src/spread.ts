import { clusterId } from './keys.ts';

/** A cluster that is too big for one partition. */
export interface SpreadCluster {
  readonly tenant: string;
  readonly cluster: string;
  /** A power of two; 1 is the same as not being listed. */
  readonly shards: number;
}

/** Into how many shards a cluster's series go; 1: it is not spread. */
export type ShardsOf = (tenant: string, cluster: string) => number;

/** What a list of spread clusters says of each cluster. Allocates nothing where the list is empty. */
export function spreadTable(list: readonly SpreadCluster[]): ShardsOf {
  if (list.length === 0) return () => 1;
  const shards = new Map(list.map((each) => [clusterId(each.tenant, each.cluster), each.shards]));
  return (tenant, cluster) => shards.get(clusterId(tenant, cluster)) ?? 1;
}
