import { SeriesTable } from '@tandem/series';

/** A table is pruned when it has doubled since, and only from this size on. */
const PRUNE_FROM = 20_000;
/** Series silent for this long before the newest sample of their key may be forgotten, ms. */
const KEEP_MS = 3_600_000;
/** Silent keys are looked for whenever the log clock passes a multiple of this, ms. */
const SWEEP_INTERVAL_MS = 60_000;

/** The series of one record key. */
interface KeyEntry {
  table: SeriesTable;
  /** A sample of an unknown series is new when it is later than this, Unix ms; otherwise the log must be asked. */
  floorMs: number;
  /** Newest sample let through, Unix ms. */
  highMs: number;
  /** Log time of its newest record, Unix ms. */
  heardMs: number;
  pruneAt: number;
}

/**
 * The newest sample of every series, by record key: what tells a repeat. It may have forgotten series; then it knows up
 * to which time (the floor), so that whoever asks about an older sample looks it up in the log first.
 */
export class SeriesIndex {
  readonly #entries = new Map<string, KeyEntry>();
  #floorMs: number;
  #sweptMark = -Infinity;

  /** @param floorMs newest sample of all that the index will not be told about, Unix ms; `-Infinity`: of nothing */
  constructor(floorMs: number) {
    this.#floorMs = floorMs;
  }

  /** The table of a key, to be asked about samples later than its floor. */
  table(key: string): SeriesTable {
    return this.#entry(key).table;
  }

  /** Samples of a key up to this time, Unix ms, may repeat what the index does not remember. */
  floorMs(key: string): number {
    return this.#entries.get(key)?.floorMs ?? this.#floorMs;
  }

  /** Puts a complete table in place of what is known of a key. */
  replace(key: string, table: SeriesTable, floorMs: number): void {
    const entry = this.#entry(key);
    entry.table = table;
    entry.floorMs = floorMs;
    entry.pruneAt = Math.max(PRUNE_FROM, table.size * 2);
  }

  /** Takes note of the newest sample let through for a key; forgets old series when there have become many. */
  advanced(key: string, maxTimestampMs: number): void {
    const entry = this.#entry(key);
    entry.highMs = Math.max(entry.highMs, maxTimestampMs);
    if (entry.table.size < entry.pruneAt) return;
    const beforeMs = entry.highMs - KEEP_MS;
    if (entry.table.prune(beforeMs) > 0) entry.floorMs = Math.max(entry.floorMs, beforeMs - 1);
    entry.pruneAt = Math.max(PRUNE_FROM, entry.table.size * 2);
  }

  /** Takes note of a record of a key, at its log time. */
  heard(key: string, timestampMs: number): void {
    const entry = this.#entry(key);
    entry.heardMs = Math.max(entry.heardMs, timestampMs);
  }

  /** Forgets, once a minute of log time, the keys silent for `idleMs`. */
  sweep(nowMs: number, idleMs: number): void {
    const mark = Math.floor(nowMs / SWEEP_INTERVAL_MS);
    if (mark <= this.#sweptMark) return;
    this.#sweptMark = mark;
    for (const [key, { heardMs, floorMs, highMs }] of this.#entries) {
      if (nowMs - heardMs < idleMs) continue;
      this.#entries.delete(key);
      this.#floorMs = Math.max(this.#floorMs, floorMs, highMs);
    }
  }

  /** Series known. */
  get size(): number {
    let size = 0;
    for (const { table } of this.#entries.values()) size += table.size;
    return size;
  }

  /** Bytes held. */
  get memoryBytes(): number {
    let bytes = 0;
    for (const { table } of this.#entries.values()) bytes += table.memoryBytes;
    return bytes;
  }

  #entry(key: string): KeyEntry {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      // Most keys have few series: a table that begins small costs 256 bytes.
      const table = new SeriesTable({ capacity: 0 });
      entry = { table, floorMs: this.#floorMs, highMs: -Infinity, heardMs: -Infinity, pruneAt: PRUNE_FROM };
      this.#entries.set(key, entry);
    }
    return entry;
  }
}
