const M = 0x5bd1e995;

/** Murmur2 with Kafka's seed, so that every Kafka tool agrees on where a key goes. */
export function murmur2(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const words = data.length >>> 2;
  let h = 0x9747b28c ^ data.length;
  for (let i = 0; i < words; i++) {
    let k = Math.imul(view.getInt32(i << 2, true), M);
    k ^= k >>> 24;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  h = tail(data, words << 2, h);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  return h ^ (h >>> 15);
}

function tail(data: Uint8Array, at: number, hash: number): number {
  let h = hash;
  const left = data.length - at;
  if (left === 3) h ^= (data[at + 2] ?? 0) << 16;
  if (left >= 2) h ^= (data[at + 1] ?? 0) << 8;
  if (left >= 1) h = Math.imul(h ^ (data[at] ?? 0), M);
  return h;
}

/** The partition of a key: Kafka's default rule, on every driver. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
