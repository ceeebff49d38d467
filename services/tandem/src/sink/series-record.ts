/** Spacings are counted to this precision, ms: scrape times jitter by some milliseconds. */
const SPACING_STEP_MS = 100;
/** Distinct spacings kept per series; further ones join the longest. */
const MAX_SPACINGS = 64;
/** Newest timestamps kept per series, to tell a repeat from a late sample. */
const RECENT = 16;

/** What a sample is to its series. */
export type SampleVerdict = 'new' | 'twice' | 'late';

/** Holes of a series, seen from its own usual spacing. */
export interface Holes {
  /** The spacing met most often, ms; `undefined` below two samples. */
  readonly intervalMs: number | undefined;
  /** Spacings over one and a half intervals. */
  readonly holes: number;
  /** Samples that would have filled them. */
  readonly missing: number;
  readonly longestMs: number;
}

/** What a checking sink remembers of one series: bounded, whatever its length. */
export class SeriesRecord {
  readonly #recent: number[] = [];
  readonly #spacings = new Map<number, number>();
  #newest = -Infinity;

  /** Takes note of a sample, Unix ms. */
  add(timestampMs: number): SampleVerdict {
    if (timestampMs <= this.#newest) return this.#recent.includes(timestampMs) ? 'twice' : 'late';
    if (this.#newest > -Infinity) this.#countSpacing(timestampMs - this.#newest);
    this.#newest = timestampMs;
    this.#recent.push(timestampMs);
    if (this.#recent.length > RECENT) this.#recent.shift();
    return 'new';
  }

  /** The holes so far. */
  holes(): Holes {
    const intervalMs = this.#usualSpacing();
    if (intervalMs === undefined) return { intervalMs, holes: 0, missing: 0, longestMs: 0 };
    let holes = 0;
    let missing = 0;
    for (const [spacing, count] of this.#spacings) {
      if (spacing <= 1.5 * intervalMs) continue;
      holes += count;
      missing += count * (Math.round(spacing / intervalMs) - 1);
    }
    return { intervalMs, holes, missing, longestMs: Math.max(...this.#spacings.keys()) };
  }

  #countSpacing(spacingMs: number): void {
    const rounded = Math.max(SPACING_STEP_MS, Math.round(spacingMs / SPACING_STEP_MS) * SPACING_STEP_MS);
    const known = this.#spacings.has(rounded) || this.#spacings.size < MAX_SPACINGS;
    const spacing = known ? rounded : Math.max(...this.#spacings.keys());
    this.#spacings.set(spacing, (this.#spacings.get(spacing) ?? 0) + 1);
  }

  #usualSpacing(): number | undefined {
    let usual: number | undefined;
    let most = 0;
    for (const [spacing, count] of this.#spacings) {
      if (count > most || (count === most && usual !== undefined && spacing < usual)) [usual, most] = [spacing, count];
    }
    return usual;
  }
}
