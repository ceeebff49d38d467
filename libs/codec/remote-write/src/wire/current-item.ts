import { isStaleMarker } from '@tandem/series';
import { type ItemView } from '../series-tracker.ts';
import { NATIVE } from './items.ts';
import { METRIC_TYPE, HISTOGRAM, RESET_HINT_GAUGE } from './tags.ts';
import { reportOf, TargetOfSeries } from './target.ts';
import { endsAsCounter } from './text.ts';
import { enumAt, uint64At } from './varint.ts';
import { type Walker } from './walker.ts';

/** The item a walk has come to, of the series that its walker stands on. Reads the request when it is asked. */
export class CurrentItem implements ItemView {
  readonly #walker: Walker;
  readonly #histogram: HistogramFields;
  readonly #target: TargetOfSeries;
  #index = 0;

  constructor(walker: Walker) {
    this.#walker = walker;
    this.#histogram = new HistogramFields(walker);
    this.#target = new TargetOfSeries(walker);
  }

  /** Moves to an item of the series stood on. */
  moveTo(index: number): void {
    this.#index = index;
  }

  get value(): number {
    const { series, cursor } = this.#walker;
    const index = this.#index;
    if (series.items.kind(index) === NATIVE) return this.#histogram.read(index).count;
    const at = series.items.valueAt(index);
    return at < 0 ? 0 : cursor.view.getFloat64(at, true);
  }

  get stale(): boolean {
    const { series, cursor } = this.#walker;
    const index = this.#index;
    if (series.items.kind(index) === NATIVE) return this.#histogram.read(index).stale;
    return isStaleAt(cursor.view, series.items.valueAt(index));
  }

  get targetHigh(): number {
    return this.#target.hash().high;
  }

  get targetLow(): number {
    return this.#target.hash().low;
  }

  get report(): 'up' | 'scrape' | undefined {
    return reportOf(this.#walker);
  }

  get monotonic(): boolean {
    const { series, cursor } = this.#walker;
    const index = this.#index;
    if (series.items.kind(index) === NATIVE) return !this.#histogram.read(index).gauge;
    switch (series.typeAt < 0 ? METRIC_TYPE.unspecified : enumAt(cursor.data, series.typeAt)) {
      case METRIC_TYPE.counter:
      case METRIC_TYPE.histogram:
        return true;
      case METRIC_TYPE.gauge:
      case METRIC_TYPE.gaugeHistogram:
      case METRIC_TYPE.info:
      case METRIC_TYPE.stateSet:
        return false;
      default:
        return endsAsCounter(this.#walker.texts, series.metricFrom, series.metricTo);
    }
  }
}

/** What an item view says of a native histogram. Its fields are gone through once, at the first question. */
class HistogramFields {
  readonly #walker: Walker;
  /** Where the histogram that was read begins. */
  #from = -1;
  /** Where values are; -1 when they are left out, which means 0. */
  #countAt = -1;
  #countIsFloat = false;
  #sumAt = -1;
  #hintAt = -1;

  constructor(walker: Walker) {
    this.#walker = walker;
  }

  /** Goes to histogram `index` of the series stood on. */
  read(index: number): this {
    const { items } = this.#walker.series;
    const from = items.from(index);
    if (from !== this.#from) this.#readFields(from, items.to(index));
    return this;
  }

  get count(): number {
    const { data, view } = this.#walker.cursor;
    if (this.stale) return NaN;
    if (this.#countAt < 0) return 0;
    return this.#countIsFloat ? view.getFloat64(this.#countAt, true) : uint64At(data, this.#countAt);
  }

  get stale(): boolean {
    return isStaleAt(this.#walker.cursor.view, this.#sumAt);
  }

  get gauge(): boolean {
    return this.#hintAt >= 0 && enumAt(this.#walker.cursor.data, this.#hintAt) === RESET_HINT_GAUGE;
  }

  /** The walker has passed the histogram, and so knows that its fields end where they should. */
  #readFields(from: number, to: number): void {
    const { cursor } = this.#walker;
    const resume = cursor.at;
    this.#from = from;
    this.#countAt = this.#sumAt = this.#hintAt = -1;
    cursor.at = from;
    cursor.tag();
    cursor.end();
    while (cursor.at < to) {
      const tag = cursor.tag();
      this.#noteField(tag, cursor.at);
      cursor.skip(tag);
    }
    cursor.at = resume;
  }

  /** Of a field that is there twice, as of the two kinds of count, the later one holds. */
  #noteField(tag: number, at: number): void {
    switch (tag) {
      case HISTOGRAM.countInt:
      case HISTOGRAM.countFloat:
        this.#countAt = at;
        this.#countIsFloat = tag === HISTOGRAM.countFloat;
        break;
      case HISTOGRAM.sum:
        this.#sumAt = at;
        break;
      case HISTOGRAM.resetHint:
        this.#hintAt = at;
        break;
    }
  }
}

function isStaleAt(view: DataView, at: number): boolean {
  return at >= 0 && isStaleMarker(view.getInt32(at + 4, true), view.getInt32(at, true));
}
