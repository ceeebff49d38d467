import { type Failure } from './problem.ts';
import { type Protocol } from './protocol.ts';
import { type SeriesTracker } from './series-tracker.ts';
import { CurrentItem } from './wire/current-item.ts';
import { guard } from './wire/invalid.ts';
import { InPlaceWriter } from './wire/in-place.ts';
import { Int32List } from './wire/int32-list.ts';
import { V1, V2 } from './wire/tags.ts';
import { walk, type Walker } from './wire/walker.ts';

/** How a request is rewritten. */
export interface RewriteOptions {
  /** Removed from each series, and left out of its fingerprint; `null`: nothing is removed. */
  readonly replicaLabel: string | null;
  /** Asked for each sample and histogram, in the order of the request; false drops it. Absent: everything is kept. */
  readonly series?: SeriesTracker;
  /** A series of which no sample is kept goes, whatever else it came with. Default: exemplars and metadata stay. */
  readonly onlyKept?: boolean;
}

/** A request after {@link rewrite}. */
export interface Rewritten {
  readonly ok: true;
  /** A view into the input; empty when neither series nor metadata are left. */
  readonly body: Uint8Array;
  /** False when nothing was removed: the body is the input, and whatever it was inflated from still stands for it. */
  readonly changed: boolean;
  readonly keptSeries: number;
  /** Samples and histograms kept. */
  readonly keptSamples: number;
  /** Samples and histograms that the tracker did not let through. */
  readonly droppedSamples: number;
  /** Oldest timestamp kept, Unix ms; `undefined` when no sample was. */
  readonly minTimestampMs: number | undefined;
  /** Newest timestamp kept, Unix ms; `undefined` when no sample was. */
  readonly maxTimestampMs: number | undefined;
}

/**
 * Removes the replica label from each series, and the samples and histograms that the tracker does not let through.
 * **Works in place**: `data` is overwritten and the result is a view into it; no object is made per series.
 *
 * Exemplars and metadata stay with their series. A series left with nothing but labels goes; one that came without
 * samples, as Prometheus sends exemplars, stays. The symbols of a 2.0 request stay as they are, the replica's name among
 * them, so that references need not be written anew.
 *
 * On a failure `data` is spoilt, and the tracker has seen the samples before the problem: scan what comes from outside.
 */
export function rewrite(protocol: Protocol, data: Uint8Array, options: RewriteOptions): Rewritten | Failure {
  return guard(() => {
    const fingerprints = options.series !== undefined;
    const walker = walk(protocol, data, { clusterLabel: null, replicaLabel: options.replicaLabel, fingerprints });
    const rewriting = new Rewriting(walker, protocol === 'v1' ? V1.request.series : V2.request.series, options);
    while (walker.next()) rewriting.addSeries();
    return rewriting.result();
  });
}

class Rewriting {
  readonly #walker: Walker;
  readonly #tag: number;
  readonly #tracker: SeriesTracker | undefined;
  readonly #onlyKept: boolean;
  readonly #item: CurrentItem;
  readonly #out: InPlaceWriter;
  /** Spans to leave out of the series at hand, ascending: for the replica label, and for samples. */
  readonly #labelCuts = new Int32List();
  readonly #itemCuts = new Int32List();
  #changed = false;
  #series = 0;
  #kept = 0;
  #dropped = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(walker: Walker, tag: number, { series, onlyKept = false }: RewriteOptions) {
    this.#walker = walker;
    this.#tag = tag;
    this.#tracker = series;
    this.#onlyKept = onlyKept;
    this.#item = new CurrentItem(walker);
    this.#out = new InPlaceWriter(walker.cursor.data);
  }

  addSeries(): void {
    const { series } = this.#walker;
    const kept = this.#admit();
    const isEmpty = kept + series.exemplars === 0 && (series.items.length > 0 || series.metadata === 0);
    if (isEmpty || (this.#onlyKept && kept === 0)) {
      this.#changed = true;
      this.#out.keepTo(series.from);
      this.#out.skipTo(series.to);
      return;
    }
    this.#series++;
    this.#labelCuts.clear();
    this.#walker.cutReplica(this.#labelCuts);
    if (this.#labelCuts.length + this.#itemCuts.length > 0) this.#write();
  }

  result(): Rewritten {
    const body = this.#out.finish();
    const empty = this.#series + this.#walker.metadata.length === 0;
    return {
      ok: true,
      body: empty ? body.subarray(0, 0) : body,
      changed: this.#changed,
      keptSeries: this.#series,
      keptSamples: this.#kept,
      droppedSamples: this.#dropped,
      minTimestampMs: this.#kept > 0 ? this.#min : undefined,
      maxTimestampMs: this.#kept > 0 ? this.#max : undefined,
    };
  }

  /** Asks for each sample; notes the spans of those that go; returns how many stay. */
  #admit(): number {
    const { items, high, low } = this.#walker.series;
    const count = items.length;
    const item = this.#item;
    const cuts = this.#itemCuts;
    cuts.clear();
    for (let i = 0; i < count; i++) {
      const time = items.time(i);
      item.moveTo(i);
      if (this.#tracker?.advance(high, low, time, item) === false) {
        cuts.push(items.from(i));
        cuts.push(items.to(i));
        continue;
      }
      if (time < this.#min) this.#min = time;
      if (time > this.#max) this.#max = time;
    }
    const dropped = cuts.length / 2;
    this.#dropped += dropped;
    this.#kept += count - dropped;
    return count - dropped;
  }

  /** Writes the series at hand without its cuts. */
  #write(): void {
    const { series } = this.#walker;
    const out = this.#out;
    const removed = bytes(this.#labelCuts) + bytes(this.#itemCuts);
    this.#changed = true;
    out.keepTo(series.from);
    out.replaceHeader(this.#tag, series.to - series.bodyFrom - removed, series.bodyFrom);
    this.#writeAround(this.#labelCuts, this.#itemCuts);
    out.keepTo(series.to);
  }

  /** Merges two lists of cuts, each ascending, neither touching the other. */
  #writeAround(a: Int32List, b: Int32List): void {
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      if (j >= b.length || (i < a.length && a.at(i) < b.at(j))) {
        this.#leaveOut(a, i);
        i += 2;
      } else {
        this.#leaveOut(b, j);
        j += 2;
      }
    }
  }

  #leaveOut(cuts: Int32List, at: number): void {
    this.#out.keepTo(cuts.at(at));
    this.#out.skipTo(cuts.at(at + 1));
  }
}

function bytes(cuts: Int32List): number {
  let sum = 0;
  for (let i = 0; i < cuts.length; i += 2) sum += cuts.at(i + 1) - cuts.at(i);
  return sum;
}
