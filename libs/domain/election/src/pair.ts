import { Buffer } from 'node:buffer';

/** Longest replica name that is deduplicated, bytes of UTF-8 (the HA tracker's default for label values). */
export const MAX_REPLICA_BYTES = 2048;

/** Whether a replica's name is short enough to be elected; records of a longer one pass through as they are. */
export function isElectable(replica: string): boolean {
  return replica.length * 3 <= MAX_REPLICA_BYTES || Buffer.byteLength(replica) <= MAX_REPLICA_BYTES;
}
