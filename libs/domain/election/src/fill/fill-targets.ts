import { SEND_SKEW_MS } from '../seam-table.ts';

/** A report that a target is down, until all shards must have sent what is older. */
interface Unsettled {
  readonly downMs: number;
  readonly settlesMs: number;
}

interface FilledTarget {
  /** The elected replica does not have samples after this, unless they have come, Unix ms. */
  settledMs: number;
  unsettled: Unsettled[];
}

/** The targets of a fill, and since when the elected replica cannot scrape them. */
export class FillTargets {
  readonly #targets: FilledTarget[] = [];
  /** Indices of targets by the high half of their hash, and the low halves by index. */
  readonly #byHigh = new Map<number, number[]>();
  readonly #lows: number[] = [];
  readonly #byHash = new Map<string, number>();
  #nextMs = Infinity;

  /** How many there are; the next one gets this index. */
  get size(): number {
    return this.#targets.length;
  }

  /** Adds a target by its hash, 16 hexadecimal digits. */
  add(hash: string): void {
    if (this.#byHash.has(hash)) return;
    const index = this.#targets.length;
    const high = parseInt(hash.slice(0, 8), 16) | 0;
    this.#byHash.set(hash, index);
    this.#targets.push({ settledMs: -Infinity, unsettled: [] });
    this.#lows.push(parseInt(hash.slice(8), 16) | 0);
    this.#byHigh.set(high, [...(this.#byHigh.get(high) ?? []), index]);
  }

  /** Index of a target by its hash; -1: it is not filled. */
  indexOfHash(hash: string): number {
    return this.#byHash.get(hash) ?? -1;
  }

  /** Index of a target by the halves of its hash; -1: it is not filled. */
  indexOf(high: number, low: number): number {
    const indices = this.#byHigh.get(high | 0);
    if (indices === undefined) return -1;
    for (const index of indices) if (this.#lows[index] === (low | 0)) return index;
    return -1;
  }

  /** Takes note of targets that a record of the elected replica, whose oldest sample is `downMs`, reports down. */
  down(hashes: readonly string[], downMs: number, nowMs: number): void {
    const settlesMs = nowMs + SEND_SKEW_MS;
    for (const hash of hashes) {
      const target = this.#targets[this.#byHash.get(hash) ?? -1];
      if (target === undefined) continue;
      target.unsettled.push({ downMs, settlesMs });
      this.#nextMs = Math.min(this.#nextMs, settlesMs);
    }
  }

  /** Moves the clock; whether a report has settled by it. */
  settle(nowMs: number): boolean {
    if (nowMs < this.#nextMs) return false;
    this.#nextMs = Infinity;
    for (const target of this.#targets) {
      const { unsettled } = target;
      target.unsettled = unsettled.filter(({ settlesMs }) => settlesMs > nowMs);
      for (const { downMs, settlesMs } of unsettled) {
        if (settlesMs <= nowMs) target.settledMs = Math.max(target.settledMs, downMs);
        else this.#nextMs = Math.min(this.#nextMs, settlesMs);
      }
    }
    return true;
  }

  /** Whether the elected replica was without a target after a time, for all that can still come, Unix ms. */
  isDownAfter(index: number, timestampMs: number): boolean {
    return (this.#targets[index]?.settledMs ?? -Infinity) > timestampMs;
  }
}
