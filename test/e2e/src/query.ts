import { type Sample, type Samples, seriesKey } from './samples.ts';

/** An hour: more than any test here takes. */
const RANGE_MS = 3_600_000;

/** A series as the query API has it. */
interface MatrixSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** The raw samples a Prometheus has scraped of a job, from its own query API. Stale markers are not among them. */
export async function scrapedSamples(prometheusUrl: string, job = 'node'): Promise<Samples> {
  const query = new URLSearchParams({ query: `{job="${job}"}[1h]`, time: String(Date.now() / 1000 + 10) });
  const answer = (await getJson(`${prometheusUrl}/api/v1/query?${query.toString()}`)) as {
    readonly data: { readonly result: readonly MatrixSeries[] };
  };
  return new Map(
    answer.data.result.map(({ metric, values }) => [
      seriesKey(metric),
      values.map(([seconds, value]) => ({ timestampMs: Math.round(seconds * 1000), value: toNumber(value) })),
    ]),
  );
}

/** A series as VictoriaMetrics exports it. */
interface ExportedSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** `null` stands for every NaN, stale markers among them. */
  readonly values: readonly (number | null)[];
  readonly timestamps: readonly number[];
}

/** The raw samples a VictoriaMetrics has of a cluster, each as often as it has it; NaNs left out. */
export async function storedSamples(storeUrl: string, cluster: string): Promise<Samples> {
  const samples = new Map<string, readonly Sample[]>();
  for (const { metric, values, timestamps } of await exported(storeUrl, `{cluster="${cluster}"}`)) {
    const all = timestamps.map((timestampMs, index) => ({ timestampMs, value: values[index] ?? NaN }));
    samples.set(
      seriesKey(metric),
      all.filter(({ value }) => !Number.isNaN(value)),
    );
  }
  return samples;
}

/** The names of all labels in a VictoriaMetrics. */
export async function storedLabels(storeUrl: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const { metric } of await exported(storeUrl, '{__name__!=""}')) {
    for (const name of Object.keys(metric)) names.add(name);
  }
  return [...names];
}

async function exported(storeUrl: string, selector: string): Promise<readonly ExportedSeries[]> {
  const now = Date.now();
  const query = new URLSearchParams({
    'match[]': selector,
    start: String((now - RANGE_MS) / 1000),
    end: String((now + RANGE_MS) / 1000),
  });
  const response = await fetch(`${storeUrl}/api/v1/export?${query.toString()}`, {
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`cannot export from ${storeUrl}: ${text}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ExportedSeries);
}

/** A GET of JSON. */
export async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`cannot get ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

function toNumber(value: string): number {
  if (value === '+Inf') return Infinity;
  return value === '-Inf' ? -Infinity : Number(value);
}
