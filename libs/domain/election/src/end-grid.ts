/** Ends of series are written no more often than this, ms of log time. */
const END_INTERVAL_MS = 15_000;

/**
 * When the ends of series that a replica does not have are written: at the first record past a multiple of 15 s of log
 * time. The labels of series have to be looked up in the log, and that is one scan for all that end together.
 */
export class EndGrid {
  #mark: number;

  /** @param fromMs log time from which on records are asked about, Unix ms */
  constructor(fromMs: number) {
    this.#mark = markOf(fromMs);
  }

  /** Whether ends are to be written at a record, by its log time, Unix ms; wants the records in their order. */
  passes(timestampMs: number): boolean {
    const mark = markOf(timestampMs);
    if (mark <= this.#mark) return false;
    this.#mark = mark;
    return true;
  }
}

function markOf(timestampMs: number): number {
  return Math.floor(timestampMs / END_INTERVAL_MS);
}
