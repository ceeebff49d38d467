const SLAB_BYTES = 262_144;
/**
 * What is not larger than this is kept apart: who keeps it for long must not keep a slab with it (of what Node pools, 8 KiB at most).
 * As the Kafka driver does.
 */
const SMALL = 4096;
/** What is larger than this has memory of its own: the rest of a slab would be wasted for it. */
const LARGEST = SLAB_BYTES / 2;

/**
 * Copies bytes into slabs, many to one: a buffer of its own for each record costs more than copying it, and what is left of
 * buffers of all sizes stays with the process as holes. A slab lives as long as anything in it.
 */
export class Slab {
  #room = Buffer.alloc(0);
  #at = 0;

  /** A copy of the first bytes of a buffer, which is nobody else's. */
  copy(bytes: Uint8Array, length: number): Buffer {
    if (length <= SMALL) return Buffer.from(bytes.subarray(0, length));
    const kept = this.#reserve(length);
    kept.set(bytes.subarray(0, length));
    return kept;
  }

  #reserve(length: number): Buffer {
    if (length > LARGEST) return Buffer.allocUnsafeSlow(length);
    if (this.#at + length > this.#room.length) {
      this.#room = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#at = 0;
    }
    const from = this.#at;
    this.#at += length;
    return this.#room.subarray(from, this.#at);
  }
}
