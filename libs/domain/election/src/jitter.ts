/**
 * What is added to the update timeout of a cluster in an epoch, ms in [-max, max]: spread over clusters by a hash
 * (FNV-1a), the same at every replay.
 */
export function jitterMs(cluster: string, epoch: number, maxMs: number): number {
  let hash = 0x811c9dc5 ^ epoch;
  for (let i = 0; i < cluster.length; i++) hash = Math.imul(hash ^ cluster.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const unit = ((hash ^ (hash >>> 13)) >>> 0) / 0xffff_ffff;
  return Math.round((2 * unit - 1) * maxMs);
}
