/** Of so many samples a share of repeats says something. */
const ENOUGH_SAMPLES = 100;
const REPEATED_SHARE = 0.1;
/** The distances of samples are looked at once in this time, ms, */
const LOOK_INTERVAL_MS = 60_000;
/** of so many series a look needs at least, */
const ENOUGH_SERIES = 4;
/** with this share of them uneven, */
const UNEVEN_SHARE = 1 / 3;
/** and says something with so many others, of which it needs so many like it. */
const ENOUGH_LOOKS = 3;
const UNEVEN_LOOKS = 0.75;
/** The same distance may differ by so much: of it, and at least so many ms. Scrapes are stamped within 2 ms of their beat. */
const TOLERANCE = 0.01;
const LEAST_TOLERANCE_MS = 10;
/** Two distances differ when the greater is so many times the other, */
const LEAST_RATIO = 1.1;
/** and that is so far from a whole number: a scrape that was missed makes one distance twice the other. */
const LEAST_FRACTION = 0.05;

/** The three newest distances between the samples of a series, ms, the newest first. */
export type Distances = readonly [number, number, number];

/**
 * What tells two senders that have one replica name from one. Where they scrape at the same moments, or one of them lags, much
 * of what they send is not newer than what was let through (and is no request sent again). Where each has a beat of its
 * own, as Prometheus does, the samples of a series come at uneven distances, short and long by turns. A sender with many
 * shards does neither: each series has its place in one shard.
 */
export class SharedTally {
  /** Samples received, without requests sent again; and those of them that were not newer. */
  samples = 0;
  repeats = 0;
  #looks = 0;
  #unevenLooks = 0;
  #lookedAtMs = -Infinity;

  /** Looks that found enough series; and those that found them uneven. */
  get looks(): { readonly all: number; readonly uneven: number } {
    return { all: this.#looks, uneven: this.#unevenLooks };
  }

  isLookDue(timestampMs: number): boolean {
    return timestampMs - this.#lookedAtMs >= LOOK_INTERVAL_MS;
  }

  look(timestampMs: number, series: readonly Distances[]): void {
    this.#lookedAtMs = timestampMs;
    if (series.length < ENOUGH_SERIES) return;
    this.#looks++;
    if (series.filter(isUneven).length >= UNEVEN_SHARE * series.length) this.#unevenLooks++;
  }

  /** Both together. */
  plus(later: SharedTally): SharedTally {
    const sum = new SharedTally();
    sum.samples = this.samples + later.samples;
    sum.repeats = this.repeats + later.repeats;
    sum.#looks = this.#looks + later.#looks;
    sum.#unevenLooks = this.#unevenLooks + later.#unevenLooks;
    return sum;
  }
}

/** Whether two senders have the name. */
export function isShared({ samples, repeats, looks }: SharedTally): boolean {
  if (samples >= ENOUGH_SAMPLES && repeats / samples >= REPEATED_SHARE) return true;
  return looks.all >= ENOUGH_LOOKS && looks.uneven >= UNEVEN_LOOKS * looks.all;
}

/** Whether samples come at two distances by turns, which are not those of a beat with scrapes missing. */
function isUneven([newest, middle, oldest]: Distances): boolean {
  const toleranceMs = Math.max(LEAST_TOLERANCE_MS, TOLERANCE * (newest + middle));
  if (Math.abs(newest - oldest) > toleranceMs) return false;
  const ratio = Math.max(newest, middle) / Math.min(newest, middle);
  return ratio >= LEAST_RATIO && Math.abs(ratio - Math.round(ratio)) >= LEAST_FRACTION;
}
