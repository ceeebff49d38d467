import { type Failure } from './problem.ts';
import { PlaceTracker } from './place-tracker.ts';
import { type Protocol } from './protocol.ts';
import { type SeriesTracker } from './series-tracker.ts';
import { CurrentItem } from './wire/current-item.ts';
import { gather } from './wire/gathered.ts';
import { type Walker, walkOver } from './wire/walker.ts';

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
  const { replicaLabel, series, onlyKept = false } = options;
  const walking = { clusterLabel: null, replicaLabel, fingerprints: series !== undefined, onlyKept };
  return walkOver(protocol, data, walking, (walker) =>
    series === undefined || series.advanceAll !== undefined
      ? askAll(walker, data, options)
      : askEach(walker, data, series),
  );
}

/** Asks about each item while its series is stood on. */
function askEach(walker: Walker, data: Uint8Array, tracker: SeriesTracker): Rewritten {
  const admission = new Admission(walker, tracker);
  let dropped = 0;
  while (walker.rewriteNext(dropped)) dropped = admission.admit();
  const body = bodyOf(walker, data, walker.metadata.length);
  return admission.result(body);
}

/** Writes the request as if nothing were dropped, which is what mostly happens, and takes out what is. */
function askAll(walker: Walker, data: Uint8Array, { series, onlyKept = false }: RewriteOptions): Rewritten {
  const { samples, dropped } = gather(walker, series, true);
  if (dropped.length > 0) {
    const written = walker.again(walker.walk.finishRewrite(), { clusterLabel: null, replicaLabel: null, onlyKept });
    return askEach(written, data, new PlaceTracker(false, dropped));
  }
  return {
    ok: true,
    body: bodyOf(walker, data, walker.field('metadata')),
    changed: walker.field('changed') !== 0,
    keptSeries: walker.field('keptSeries'),
    keptSamples: samples,
    droppedSamples: 0,
    minTimestampMs: samples > 0 ? walker.oldestMs : undefined,
    maxTimestampMs: samples > 0 ? walker.newestMs : undefined,
  };
}

/** What is left of a request when the walk is at its end: where its owner has it. */
function bodyOf(walker: Walker, data: Uint8Array, metadata: number): Uint8Array {
  const length = walker.walk.finishRewrite();
  if (walker.field('keptSeries') + metadata === 0) return data.subarray(0, 0);
  const body = data.subarray(0, length);
  if (!walker.inPlace && walker.field('changed') !== 0) body.set(walker.cursor.data.subarray(0, length));
  return body;
}

/** Asks the tracker about each sample, and counts. */
class Admission {
  readonly #walker: Walker;
  readonly #tracker: SeriesTracker;
  readonly #item: CurrentItem;
  #kept = 0;
  #dropped = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(walker: Walker, tracker: SeriesTracker) {
    this.#walker = walker;
    this.#tracker = tracker;
    this.#item = new CurrentItem(walker);
  }

  /** Marks the items of the series at hand that go; returns how many do. */
  admit(): number {
    const { items, high, low } = this.#walker.series;
    const count = items.length;
    const item = this.#item;
    let dropped = 0;
    for (let i = 0; i < count; i++) {
      const time = items.time(i);
      item.moveTo(i);
      if (!this.#tracker.advance(high, low, time, item)) {
        items.drop(i);
        dropped++;
        continue;
      }
      if (time < this.#min) this.#min = time;
      if (time > this.#max) this.#max = time;
    }
    this.#dropped += dropped;
    this.#kept += count - dropped;
    return dropped;
  }

  result(body: Uint8Array): Rewritten {
    return {
      ok: true,
      body,
      changed: this.#walker.field('changed') !== 0,
      keptSeries: this.#walker.field('keptSeries'),
      keptSamples: this.#kept,
      droppedSamples: this.#dropped,
      minTimestampMs: this.#kept > 0 ? this.#min : undefined,
      maxTimestampMs: this.#kept > 0 ? this.#max : undefined,
    };
  }
}
