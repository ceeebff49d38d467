import { LabelHasher } from '@tandem/series';
import { type LabelSpan } from './series-state.ts';
import { spanIs } from './text.ts';
import { type Walker } from './walker.ts';

const encoder = new TextEncoder();
const UP = encoder.encode('up');
const JOB = encoder.encode('job');
const INSTANCE = encoder.encode('instance');
/** What Prometheus writes about each scrape beside `up`. */
const SCRAPE_REPORTS = [
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
  'scrape_timeout_seconds',
  'scrape_sample_limit',
  'scrape_body_size_bytes',
].map((name) => encoder.encode(name));
const LONGEST_REPORT = Math.max(...SCRAPE_REPORTS.map(({ length }) => length));

/** The target of the series that a walker stands on: hashed at the first question. */
export class TargetOfSeries {
  readonly #walker: Walker;
  readonly #name: LabelSpan = { nameFrom: 0, nameTo: 0, valueFrom: 0, valueTo: 0 };
  #hasher: LabelHasher | undefined;
  /** Where the series that was hashed begins. */
  #from = -1;

  constructor(walker: Walker) {
    this.#walker = walker;
  }

  /**
   * The hash of job and instance, hashed as a label's name and value; a target without one of them is still told from the
   * others. It holds until it is asked for another series.
   */
  hash(): { readonly high: number; readonly low: number } {
    const { texts, series } = this.#walker;
    const view = (): DataView => new DataView(texts.buffer, texts.byteOffset, texts.byteLength);
    this.#hasher ??= new LabelHasher(view());
    if (series.from !== this.#from) this.#read(this.#hasher, texts);
    return this.#hasher;
  }

  #read(hasher: LabelHasher, texts: Uint8Array): void {
    const walker = this.#walker;
    const span = this.#name;
    let [jobFrom, jobTo, instanceFrom, instanceTo] = [0, 0, 0, 0];
    for (let i = 0; i < walker.labelCount(); i++) {
      walker.readLabel(i, span);
      if (spanIs(texts, span.nameFrom, span.nameTo, JOB)) [jobFrom, jobTo] = [span.valueFrom, span.valueTo];
      else if (spanIs(texts, span.nameFrom, span.nameTo, INSTANCE)) {
        [instanceFrom, instanceTo] = [span.valueFrom, span.valueTo];
      }
    }
    hasher.hash(jobFrom, jobTo, instanceFrom, instanceTo);
    this.#from = walker.series.from;
  }
}

/** Whether the series a walker stands on is `up`. */
function isUp({ texts, series }: Walker): boolean {
  return spanIs(texts, series.metricFrom, series.metricTo, UP);
}

/** Whether the series a walker stands on is one that Prometheus writes about a scrape: `up`, or a number about it. */
export function reportOf(walker: Walker): 'up' | 'scrape' | undefined {
  const { texts, series } = walker;
  if (isUp(walker)) return 'up';
  if (series.metricTo - series.metricFrom > LONGEST_REPORT) return undefined;
  const isReport = SCRAPE_REPORTS.some((name) => spanIs(texts, series.metricFrom, series.metricTo, name));
  return isReport ? 'scrape' : undefined;
}
