import { type ReplicaRecord } from '../seam/seam-reader.ts';

/** The most that is kept of a cluster, bytes of snappy blocks. */
const MAX_PENDING_BYTES = 16_777_216;

/** Samples of a replica, of filled targets alone, of which it is not known yet whether they go on. In their order. */
export class PendingBodies {
  #entries: ReplicaRecord[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Whether there is room for a body beside all that is kept. */
  fits(entry: ReplicaRecord): boolean {
    return this.#bytes + sizeOf(entry) <= MAX_PENDING_BYTES;
  }

  /** Keeps a body; says how many older ones had to go for it. */
  add(entry: ReplicaRecord): number {
    this.#entries.push(entry);
    this.#bytes += sizeOf(entry);
    let gone = 0;
    while (this.#bytes > MAX_PENDING_BYTES && gone < this.#entries.length - 1) {
      this.#bytes -= sizeOf(this.#entries[gone++]);
    }
    this.#entries.splice(0, gone);
    return gone;
  }

  /** Forgets what came to the log before a time, Unix ms. */
  forgetBefore(timestampMs: number): void {
    const kept = this.#entries.findIndex(({ record }) => record.timestampMs >= timestampMs);
    if (kept === 0) return;
    this.#set(kept < 0 ? [] : this.#entries.slice(kept));
  }

  /** Shows all bodies, oldest first, and keeps what is left of them. */
  async decide(leftOf: (entry: ReplicaRecord) => Promise<ReplicaRecord | undefined>): Promise<void> {
    const open: ReplicaRecord[] = [];
    for (const entry of this.#entries) {
      const left = await leftOf(entry);
      if (left !== undefined) open.push(left);
    }
    this.#set(open);
  }

  clear(): void {
    this.#set([]);
  }

  #set(entries: ReplicaRecord[]): void {
    this.#entries = entries;
    this.#bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  }
}

function sizeOf(entry: ReplicaRecord | undefined): number {
  return entry?.record.value?.length ?? 0;
}
