import { type DecodedSeries } from '@tandem/remote-write';

import { type SampleCopy, type SampleOutput } from './series-window.ts';
import { formatSeries, matches, type Matchers } from './series-selector.ts';

/** The most series that are told apart. */
const MAX_SERIES = 1000;

/** How series are found. */
export interface FoundSeriesOptions {
  readonly matchers: Matchers;
  /** Tells the replicas of one series apart: it is none of its labels. */
  readonly replicaLabel: string;
}

/**
 * The series that match, and what was found of them. More than one ends the search for samples: then only their names
 * are kept.
 */
export class FoundSeries {
  readonly #options: FoundSeriesOptions;
  readonly #names = new Set<string>();
  #copies: SampleCopy[] = [];
  #outputs: SampleOutput[] = [];

  constructor(options: FoundSeriesOptions) {
    this.#options = options;
  }

  /** Every series that matches, as a selector; at most {@link MAX_SERIES}. */
  get names(): readonly string[] {
    return [...this.#names].toSorted();
  }

  /** What replicas sent, in the order of the log. */
  get copies(): readonly SampleCopy[] {
    return this.#copies;
  }

  /** What came out, in the order of the log. */
  get outputs(): readonly SampleOutput[] {
    return this.#outputs;
  }

  /** The series of a request that match. */
  matching(series: readonly DecodedSeries[]): readonly DecodedSeries[] {
    return series.filter(({ labels }) => matches(this.#options.matchers, labels));
  }

  /** Copies of a series that matches. */
  addCopies(series: DecodedSeries, copies: readonly SampleCopy[]): void {
    if (copies.length > 0 && this.#isTheOnly(series)) this.#copies.push(...copies);
  }

  /**
   * What came out of a series that matches; `isShown`: some of it is in the window. What is not is kept for the series
   * that was found already: it may be why a copy did not come out. So copies are to be added first.
   */
  addOutputs(series: DecodedSeries, outputs: readonly SampleOutput[], isShown: boolean): void {
    const isKnown = this.#names.size === 1 && this.#names.has(this.#nameOf(series));
    if (isShown ? this.#isTheOnly(series) : isKnown) this.#outputs.push(...outputs);
  }

  #isTheOnly(series: DecodedSeries): boolean {
    if (this.#names.size < MAX_SERIES) this.#names.add(this.#nameOf(series));
    if (this.#names.size <= 1) return true;
    this.#copies = [];
    this.#outputs = [];
    return false;
  }

  #nameOf({ labels }: DecodedSeries): string {
    return formatSeries(labels.filter(({ name }) => name !== this.#options.replicaLabel));
  }
}
