import { type DecodedSeries } from '@tandem/remote-write';

import { SeriesRecord } from './series-record.ts';

/** What a checking sink has found so far. */
export interface SinkReport {
  readonly requests: number;
  readonly series: number;
  /** Samples taken, native histograms included. */
  readonly samples: number;
  /** Samples whose series already had one of that time. */
  readonly twice: number;
  /** Samples older than their series' newest one. */
  readonly late: number;
  /** Spacings of over one and a half usual intervals, over all series. */
  readonly holes: number;
  /** Samples that would have filled the holes. */
  readonly missing: number;
  readonly longestSpacingMs: number;
  /** Series that still carry the replica label. */
  readonly seriesWithReplicaLabel: number;
  /** Series left out because the limit was reached. */
  readonly seriesNotChecked: number;
  /** A few violations in words, the oldest first. */
  readonly examples: readonly string[];
}

/** Told of every sample that was new to its series. */
export type SampleListener = (series: string, timestampMs: number) => void;

const MAX_EXAMPLES = 10;

/** Name of a series in the Prometheus notation, labels sorted, one label left out. */
export function seriesName(labels: DecodedSeries['labels'], without: string): string {
  const rest = labels.filter(({ name }) => name !== without && name !== '__name__');
  const name = labels.find((label) => label.name === '__name__')?.value ?? '';
  rest.sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${name}{${rest.map((label) => `${label.name}=${JSON.stringify(label.value)}`).join(',')}}`;
}

/** Verifies a stream that should be one clean copy: order, gaps and doubles of each series. */
export class StreamChecker {
  readonly #replicaLabel: string;
  readonly #maxSeries: number;
  readonly #onSample: SampleListener | undefined;
  readonly #records = new Map<string, SeriesRecord>();
  readonly #examples: string[] = [];
  readonly #labelled = new Set<string>();
  readonly #counts = { requests: 0, samples: 0, twice: 0, late: 0, notChecked: 0 };

  constructor(options: {
    readonly replicaLabel: string;
    readonly maxSeries: number;
    readonly onSample?: SampleListener;
  }) {
    this.#replicaLabel = options.replicaLabel;
    this.#maxSeries = options.maxSeries;
    this.#onSample = options.onSample;
  }

  /** Takes the series of one request. */
  add(request: readonly DecodedSeries[]): void {
    this.#counts.requests += 1;
    for (const series of request) this.#addSeries(series);
  }

  /** The findings so far. */
  report(): SinkReport {
    const { requests, samples, twice, late, notChecked } = this.#counts;
    const holes = [...this.#records.values()].map((record) => record.holes());
    return {
      requests,
      series: this.#records.size,
      samples,
      twice,
      late,
      holes: holes.reduce((sum, found) => sum + found.holes, 0),
      missing: holes.reduce((sum, found) => sum + found.missing, 0),
      longestSpacingMs: holes.reduce((longest, found) => Math.max(longest, found.longestMs), 0),
      seriesWithReplicaLabel: this.#labelled.size,
      seriesNotChecked: notChecked,
      examples: [...this.#examples],
    };
  }

  #addSeries(series: DecodedSeries): void {
    const name = seriesName(series.labels, this.#replicaLabel);
    const record = this.#recordOf(name);
    if (record === undefined) return;
    if (series.labels.some((label) => label.name === this.#replicaLabel)) {
      this.#labelled.add(name);
      this.#note(`${name} still has the label ${this.#replicaLabel}`);
    }
    for (const sample of series.samples) this.#addSample(name, record, sample.timestampMs);
    for (const timestampMs of series.histogramTimestampsMs) this.#addSample(name, record, timestampMs);
  }

  #recordOf(name: string): SeriesRecord | undefined {
    const known = this.#records.get(name);
    if (known !== undefined) return known;
    if (this.#records.size >= this.#maxSeries) {
      this.#counts.notChecked += 1;
      return undefined;
    }
    const record = new SeriesRecord();
    this.#records.set(name, record);
    return record;
  }

  #addSample(name: string, record: SeriesRecord, timestampMs: number): void {
    this.#counts.samples += 1;
    const verdict = record.add(timestampMs);
    if (verdict === 'new') {
      this.#onSample?.(name, timestampMs);
      return;
    }
    this.#counts[verdict] += 1;
    this.#note(`${name} at ${new Date(timestampMs).toISOString()}: ${verdict}`);
  }

  #note(example: string): void {
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(example);
  }
}
