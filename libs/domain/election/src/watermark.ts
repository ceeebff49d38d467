/** How far the watermark of a partition stays behind, and how long it waits. */
export interface WatermarkSettings {
  /** How far behind the newest sample of a key, ms: late shards, and at a seam an interval of a series. */
  readonly delayMs: number;
  /** How long a key is waited for that has fallen silent, ms of time in which the partition was heard. */
  readonly patienceMs: number;
}

/** Samples of a key that have been let through. */
export interface PassedSamples {
  /** Epoch that let them through; 0: of no pair. */
  readonly epoch: number;
  /** The newest of them, Unix ms. */
  readonly timestampMs: number;
}

/** What is still to come of a key whatever was let through of it. */
export type WatermarkHold =
  /** A seam is being read again: what comes goes on from where the epochs before this one have ended. */
  | { readonly kind: 'reading'; readonly key: string; readonly epoch: number }
  /** Series are still to be ended, none before this time, Unix ms. */
  | { readonly kind: 'ending'; readonly key: string; readonly fromMs: number };

/** Watermarks are no closer to each other than this, ms of log time. */
const INTERVAL_MS = 1000;
/** Between two records of a partition no more than this counts as silence of its keys, ms. */
const LONGEST_PAUSE_MS = 10_000;
/** A key that is further behind the log than this is not waited for, ms. */
const MAX_LAG_MS = 600_000;

/** A key that is waited for. */
interface Frontier {
  /** Newest sample, no later than the log was when it was let through; `-Infinity`: not known yet. */
  newestMs: number;
  epoch: number;
  /** That of the epochs before. */
  forerunnerMs: number;
  /** The partition's patience clock when it was last let through. */
  passedAtMs: number;
}

/**
 * The watermark of one partition (SPEC.md, "Watermarks"): up to which time all samples in order have come. It is no
 * function of the log alone, since it follows how far seams have been read; what it promises holds whatever that is.
 */
export class Watermark {
  readonly #settings: WatermarkSettings;
  readonly #frontiers = new Map<string, Frontier>();
  #currentMs: number;
  #nowMs = -Infinity;
  #heardMs = 0;
  #lookedAtMs = -Infinity;

  /** @param currentMs the newest one that was written, Unix ms; `-Infinity`: none */
  constructor(settings: WatermarkSettings, currentMs: number) {
    this.#settings = settings;
    this.#currentMs = currentMs;
  }

  /** The newest watermark, Unix ms; `-Infinity`: none. */
  get currentMs(): number {
    return this.#currentMs;
  }

  /** Keys that are waited for. */
  get size(): number {
    return this.#frontiers.size;
  }

  /** Waits for a key of which it is not known how far it has come. */
  expect(key: string, epoch: number): void {
    if (!this.#frontiers.has(key)) this.#open(key, epoch);
  }

  /** Takes note of samples in order that were let through at the log time `nowMs`. */
  passed(key: string, { epoch, timestampMs }: PassedSamples, nowMs: number): void {
    const frontier = this.#frontiers.get(key) ?? this.#open(key, epoch);
    if (epoch > frontier.epoch) {
      frontier.epoch = epoch;
      frontier.forerunnerMs = frontier.newestMs;
    }
    frontier.newestMs = Math.max(frontier.newestMs, Math.min(timestampMs, nowMs));
    frontier.passedAtMs = this.#heardMs;
  }

  /** Moves on to the log time of the next record; the new watermark, if there is one to be written before it. */
  advance(nowMs: number, holds: () => Iterable<WatermarkHold>): number | undefined {
    if (nowMs > this.#nowMs) {
      this.#heardMs += this.#nowMs === -Infinity ? 0 : Math.min(nowMs - this.#nowMs, LONGEST_PAUSE_MS);
      this.#nowMs = nowMs;
    }
    if (this.#nowMs < this.#lookedAtMs + INTERVAL_MS || this.#frontiers.size === 0) return undefined;
    this.#lookedAtMs = this.#nowMs;
    const reachedMs = this.#reached([...holds()]);
    if (reachedMs <= this.#currentMs) return undefined;
    this.#currentMs = reachedMs;
    return reachedMs;
  }

  #open(key: string, epoch: number): Frontier {
    const frontier = { newestMs: -Infinity, epoch, forerunnerMs: -Infinity, passedAtMs: this.#heardMs };
    this.#frontiers.set(key, frontier);
    return frontier;
  }

  /** Up to where everything has come. */
  #reached(holds: readonly WatermarkHold[]): number {
    const { delayMs, patienceMs } = this.#settings;
    const reading = new Set(holds.flatMap(({ kind, key }) => (kind === 'reading' ? [key] : [])));
    let newestMs = this.#nowMs;
    for (const [key, frontier] of this.#frontiers) {
      if (reading.has(key)) continue;
      if (this.#heardMs - frontier.passedAtMs >= patienceMs) this.#frontiers.delete(key);
      else newestMs = Math.min(newestMs, this.#nearest(frontier.newestMs));
    }
    if (this.#frontiers.size === 0) return -Infinity;
    return Math.min(newestMs - delayMs, ...holds.map((hold) => this.#heldAt(hold)));
  }

  /** The latest a watermark may be while it is held back. Series of a key that is not waited for may end when they will. */
  #heldAt(hold: WatermarkHold): number {
    if (hold.kind === 'reading') return this.#forerunnerMs(hold.key, hold.epoch) - this.#settings.delayMs;
    return this.#frontiers.has(hold.key) ? hold.fromMs - 1 : Infinity;
  }

  /** What is known of a key holds the watermark back, but not without end. */
  #nearest(newestMs: number): number {
    return newestMs === -Infinity ? newestMs : Math.max(newestMs, this.#nowMs - MAX_LAG_MS);
  }

  /** Where the epochs before one have ended. */
  #forerunnerMs(key: string, epoch: number): number {
    const frontier = this.#frontiers.get(key);
    if (frontier === undefined) return -Infinity;
    return frontier.epoch >= epoch ? frontier.forerunnerMs : frontier.newestMs;
  }
}
