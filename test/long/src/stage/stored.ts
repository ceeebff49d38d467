import { type Copy, ordered, type Point } from '../record/copy.ts';
import { seriesKey } from '../record/recording.ts';
import { kindOf } from '../target/readings.ts';

/** More than any run takes. */
const RANGE_MS = 6 * 3_600_000;
const TIMEOUT_MS = 60_000;

/** A series as VictoriaMetrics exports it. */
interface ExportedSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** `null` stands for every NaN, stale markers among them. */
  readonly values: readonly (number | null)[];
  readonly timestamps: readonly number[];
}

/** What a store has of a cluster's target. */
export interface Stored {
  /** Every sample as often as the store has it. */
  readonly copy: Copy;
  /** Stamps of NaNs by series, Unix ms; series without one left out. */
  readonly markers: ReadonlyMap<string, readonly number[]>;
}

/** Reads the raw samples of a cluster's target back from a VictoriaMetrics, as its own deduplication shows them. */
export async function readStored(storeUrl: string, cluster: string): Promise<Stored> {
  const copy = new Map<string, readonly Point[]>();
  const markers = new Map<string, readonly number[]>();
  for (const { metric, values, timestamps } of await exported(storeUrl, `{cluster="${cluster}",job="target"}`)) {
    if (kindOf(metric['__name__'] ?? '') === undefined) continue;
    const key = seriesKey(metric);
    const points = timestamps.map((timestampMs, at) => ({ timestampMs, value: values[at] ?? NaN }));
    copy.set(key, ordered(points.filter(({ value }) => !Number.isNaN(value))));
    const stale = points.filter(({ value }) => Number.isNaN(value)).map(({ timestampMs }) => timestampMs);
    if (stale.length > 0) markers.set(key, stale);
  }
  return { copy, markers };
}

/** The newest stamp of a metric of a cluster, Unix ms; 0 where there is none. */
export async function newestStoredMs(storeUrl: string, cluster: string, metric: string): Promise<number> {
  const series = await exported(storeUrl, `{__name__="${metric}",cluster="${cluster}"}`);
  return Math.max(0, ...series.flatMap(({ timestamps }) => timestamps));
}

async function exported(storeUrl: string, selector: string): Promise<readonly ExportedSeries[]> {
  const now = Date.now();
  const query = new URLSearchParams({
    'match[]': selector,
    start: String((now - RANGE_MS) / 1000),
    end: String((now + RANGE_MS) / 1000),
  });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(`${storeUrl}/api/v1/export?${query.toString()}`, { signal });
  const text = await response.text();
  if (!response.ok) throw new Error(`cannot export from ${storeUrl}: ${text}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ExportedSeries);
}
