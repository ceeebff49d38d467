/** A sample as it came to one end of the pipeline or left the other. */
export interface Sample {
  /** Unix ms. */
  readonly timestampMs: number;
  readonly value: number;
}

/** Samples by series ({@link seriesKey}), in the order they were found. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** A stretch of sample time, Unix ms, both ends within. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What tells one copy of samples from what it should be; everything empty: nothing. */
export interface Difference {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly otherValue: readonly string[];
  readonly twice: readonly string[];
}

/** Two copies that are alike. */
export const ALIKE: Difference = { missing: [], unexpected: [], otherValue: [], twice: [] };

const MAX_EXAMPLES = 5;

/** External labels of the senders here: a replica's own query API does not show them. */
const EXTERNAL = ['cluster', '__replica__', 'replica'];

/** The name of a series, whichever way its labels came, without external labels. */
export function seriesKey(labels: Readonly<Record<string, string>>): string {
  const rest = Object.entries(labels).filter(([name]) => !EXTERNAL.includes(name));
  rest.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(rest));
}

/** The samples of a span. */
export function within(samples: Samples, { fromMs, toMs }: Span): Samples {
  const found = new Map<string, readonly Sample[]>();
  for (const [series, list] of samples) {
    const some = list.filter(({ timestampMs }) => timestampMs >= fromMs && timestampMs <= toMs);
    if (some.length > 0) found.set(series, some);
  }
  return found;
}

/** How many samples there are. */
export function countOf(samples: Samples): number {
  return [...samples.values()].reduce((sum, list) => sum + list.length, 0);
}

/** What is to hold of a copy that changed from one replica to the other. */
export interface SeamBounds {
  /** Widest distance of two samples of a series, ms. */
  readonly spacingMs: number;
  /** The copies of the replicas themselves. */
  readonly replicas: readonly Samples[];
}

/**
 * Series with a hole, and counters that fall, where no replica's own copy has one or does. Of series that a replica does
 * not have all the time nothing is said.
 */
export function seamFaults(copy: Samples, { spacingMs, replicas }: SeamBounds): readonly string[] {
  const faults: string[] = [];
  for (const [series, list] of copy) {
    const originals = replicas.map((replica) => replica.get(series) ?? []);
    const steady = originals.every((own) => own.length > 1 && widestMs(own) <= spacingMs);
    if (steady && widestMs(list) > spacingMs) faults.push(`${series}: a hole of ${widestMs(list)} ms`);
    if (isCounter(series) && falls(list) && !originals.some(falls)) faults.push(`${series}: falls`);
  }
  return few(faults);
}

function widestMs(list: readonly Sample[]): number {
  return list
    .slice(1)
    .reduce((widest, { timestampMs }, i) => Math.max(widest, timestampMs - (list[i]?.timestampMs ?? 0)), 0);
}

function isCounter(series: string): boolean {
  return /"__name__":"\w+_(total|count|sum|bucket)"/.test(series);
}

function falls(list: readonly Sample[]): boolean {
  return list.some(({ value }, i) => value < (list[i - 1]?.value ?? -Infinity));
}

/** The times of the scrapes, by the samples of `up`, ascending, Unix ms. */
export function scrapeTimes(samples: Samples): readonly number[] {
  const found = [...samples].find(([series]) => series.includes('"__name__":"up"'));
  return (found?.[1] ?? []).map(({ timestampMs }) => timestampMs).toSorted((a, b) => a - b);
}

/** A series that lags further behind the others than this has ended, ms. */
const ENDED_MS = 5000;

/** Up to where everything has come, whatever partitions the series came through: the least newest time of those that go on. */
export function completeUntil(samples: Samples): number {
  const newest = Array.from(samples.values(), (each) => Math.max(...each.map(({ timestampMs }) => timestampMs)));
  const highMs = Math.max(0, ...newest);
  return Math.min(highMs, ...newest.filter((timeMs) => timeMs > highMs - ENDED_MS));
}

/** Compares what arrived with what was to arrive; values by `same`, by default bit for bit. */
export function compare(
  arrived: Samples,
  expected: Samples,
  same: (a: number, b: number) => boolean = (a, b) => Object.is(a, b),
): Difference {
  const unexpected: string[] = [];
  const otherValue: string[] = [];
  const twice: string[] = [];
  const wanted = byPlace(expected);
  for (const [place, [value = NaN, ...more]] of byPlace(arrived)) {
    if (more.length > 0) twice.push(place);
    const [original] = wanted.get(place) ?? [];
    if (original === undefined) unexpected.push(place);
    else if (!same(value, original)) otherValue.push(`${place}: ${String(value)}, not ${String(original)}`);
    wanted.delete(place);
  }
  return {
    missing: few([...wanted.keys()]),
    unexpected: few(unexpected),
    otherValue: few(otherValue),
    twice: few(twice),
  };
}

function byPlace(samples: Samples): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [series, list] of samples) {
    for (const { timestampMs, value } of list) {
      const place = `${series} at ${timestampMs}`;
      const values = found.get(place);
      if (values === undefined) found.set(place, [value]);
      else values.push(value);
    }
  }
  return found;
}

/** The first ones, and how many more: a whole scrape would drown what matters. */
function few(places: readonly string[]): readonly string[] {
  if (places.length <= MAX_EXAMPLES) return places;
  return [...places.slice(0, MAX_EXAMPLES), `… and ${places.length - MAX_EXAMPLES} more`];
}
