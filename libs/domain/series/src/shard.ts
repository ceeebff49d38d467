import { type Fingerprint } from './fingerprint.ts';

/** The most shards a cluster may have: a request of 2000 samples then makes records of about 31. */
export const MAX_SHARDS = 64;

/**
 * The shard of a series in a cluster spread over `shards` partitions: the lowest bits of the high half of its
 * fingerprint, which leaves the replica label out, so that the copies of all replicas meet. The low half, and the bits
 * above these, place a series in the tables of a shard: all of their slots stay in use.
 *
 * @param shards a power of two, at most {@link MAX_SHARDS}
 */
export function shardOf({ high }: Pick<Fingerprint, 'high'>, shards: number): number {
  return high & (shards - 1);
}
