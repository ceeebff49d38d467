import { type Beat } from './plan.ts';

/**
 * Requests remembered per replica: a shard of a sender sends again before it sends on, and a queue has 50 shards at most by
 * default.
 */
const REMEMBERED = 64;

/**
 * Tells requests that are sent again, because their answer was lost, from new ones: they say nothing new of a replica
 * (SPEC of @tandem/election, E25). Bounded: the replica remembered longest is forgotten first.
 */
export class Repeats {
  readonly #maxReplicas: number;
  readonly #rings = new Map<string, Ring>();

  /** @param maxReplicas of so many at most something is remembered */
  constructor(maxReplicas: number) {
    this.#maxReplicas = maxReplicas;
  }

  /** Whether a replica's records of a request were all seen before, lately; if not they are from now on. */
  isAgain(replica: string, beats: readonly Beat[]): boolean {
    return this.#ringOf(replica).holds(digestOf(beats));
  }

  #ringOf(replica: string): Ring {
    const known = this.#rings.get(replica);
    if (known !== undefined) return known;
    if (this.#rings.size >= this.#maxReplicas) {
      const [oldest] = this.#rings.keys();
      if (oldest !== undefined) this.#rings.delete(oldest);
    }
    const ring = new Ring();
    this.#rings.set(replica, ring);
    return ring;
  }
}

/** The newest digests of a replica. */
class Ring {
  readonly #digests = new Int32Array(REMEMBERED);
  #next = 0;

  /** Whether it holds a digest; if not it does from now on, in place of the oldest. */
  holds(digest: number): boolean {
    if (this.#digests.includes(digest)) return true;
    this.#digests[this.#next] = digest;
    this.#next = (this.#next + 1) % REMEMBERED;
    return false;
  }
}

/** 32 bits of what the records of a request say (FNV-1a over their words), never 0. */
function digestOf(beats: readonly Beat[]): number {
  let digest = 0x811c9dc5;
  for (const { shard = 0, samples, sizeBytes, span } of beats) {
    const { minTimestampMs = 0, maxTimestampMs = 0 } = span ?? {};
    for (const word of [shard, samples, sizeBytes, minTimestampMs, minTimestampMs / 2 ** 32, maxTimestampMs]) {
      digest = Math.imul(digest ^ word, 0x01000193);
      digest ^= digest >>> 15;
    }
  }
  return digest === 0 ? 1 : digest;
}
