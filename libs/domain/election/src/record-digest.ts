/** What a request that is sent again has in common with the first one. */
export interface DigestedRecord {
  readonly minTimestampMs?: number;
  readonly maxTimestampMs?: number;
  readonly samples?: number;
  readonly sizeBytes?: number;
}

/** Digests remembered per replica: a shard sends again before it sends on, and a queue has 50 shards at most by default. */
const MAX_DIGESTS = 64;

/** Whether a record is one of the remembered ones again. */
export function isRepeat(digests: readonly number[], record: DigestedRecord): boolean {
  return digests.includes(digestOf(record));
}

/** The digests with that of a record, the oldest forgotten. */
export function remembered(digests: readonly number[], record: DigestedRecord): readonly number[] {
  const kept = digests.slice(Math.max(0, digests.length - MAX_DIGESTS + 1));
  kept.push(digestOf(record));
  return kept;
}

/** 32 bits of span, samples and size (FNV-1a over their words). */
export function digestOf({
  minTimestampMs = 0,
  maxTimestampMs = 0,
  samples = 0,
  sizeBytes = 0,
}: DigestedRecord): number {
  let digest = 0x811c9dc5;
  for (const word of [minTimestampMs, minTimestampMs / 2 ** 32, maxTimestampMs, samples, sizeBytes]) {
    digest = Math.imul(digest ^ word, 0x01000193);
    digest ^= digest >>> 15;
  }
  return digest;
}
