import { toHex } from '@tandem/series';
import { type Protocol } from './protocol.ts';
import { type Identity, type IdentityLabels, type ScanResult, type Summary } from './summary.ts';
import { guard } from './wire/invalid.ts';
import { FLOAT } from './wire/items.ts';
import { isUp, TargetOfSeries } from './wire/target.ts';
import { KnownText } from './wire/text.ts';
import { walk, type Walker } from './wire/walker.ts';

/** More down targets than this are left out of a summary: they travel as a header. */
const MAX_DOWN_TARGETS = 64;

/**
 * Walks over the uncompressed bytes of a request once and sums it up, without an object per series or sample. Checks
 * framing, references to symbols, label texts' UTF-8 and the range of timestamps; labels may come in any order.
 */
export function scan(protocol: Protocol, data: Uint8Array, labels: IdentityLabels): ScanResult {
  return guard(() => {
    const walker = walk(protocol, data, { ...labels, checkUtf8: true });
    const tally = new Tally(walker);
    while (walker.next()) tally.add();
    return { ok: true, summary: tally.summary() };
  });
}

/** Sums up the series a walker stands on, one after the other. */
class Tally {
  readonly #walker: Walker;
  readonly #identity: IdentityTally;
  readonly #target: TargetOfSeries;
  readonly #down = new Set<string>();
  #series = 0;
  #samples = 0;
  #histograms = 0;
  #exemplars = 0;
  #metadata = 0;
  #upSamples = 0;
  #downSamples = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(walker: Walker) {
    this.#walker = walker;
    this.#identity = new IdentityTally(walker);
    this.#target = new TargetOfSeries(walker);
  }

  add(): void {
    const { series } = this.#walker;
    this.#series++;
    this.#exemplars += series.exemplars;
    this.#metadata += series.metadata;
    this.#addItems();
    this.#identity.add();
    if (isUp(this.#walker)) this.#addTarget();
  }

  summary(): Summary {
    const timed = this.#samples + this.#histograms > 0;
    return {
      series: this.#series,
      samples: this.#samples,
      histograms: this.#histograms,
      exemplars: this.#exemplars,
      metadata: this.#metadata + this.#walker.metadata.length / 2,
      minTimestampMs: timed ? this.#min : undefined,
      maxTimestampMs: timed ? this.#max : undefined,
      identity: this.#identity.result(),
      downTargets: [...this.#down],
      upSamples: this.#upSamples,
      downSamples: this.#downSamples,
    };
  }

  #addItems(): void {
    const { items } = this.#walker.series;
    const count = items.length;
    for (let i = 0; i < count; i++) {
      if (items.kind(i) === FLOAT) this.#samples++;
      else this.#histograms++;
      const time = items.time(i);
      if (time < this.#min) this.#min = time;
      if (time > this.#max) this.#max = time;
    }
  }

  /** Takes note of a series of `up`. */
  #addTarget(): void {
    const { items } = this.#walker.series;
    let zeros = 0;
    for (let i = 0; i < items.length; i++) {
      if (items.kind(i) !== FLOAT) continue;
      this.#upSamples++;
      if (this.#isZero(items.valueAt(i))) zeros++;
    }
    this.#downSamples += zeros;
    if (zeros > 0 && this.#down.size < MAX_DOWN_TARGETS) this.#down.add(toHex(this.#target.hash()));
  }

  /** @param at where the value is; negative: it is left out, which means 0 */
  #isZero(at: number): boolean {
    const { view } = this.#walker.cursor;
    return at < 0 || (view.getInt32(at, true) === 0 && (view.getInt32(at + 4, true) & 0x7fffffff) === 0);
  }
}

/** Finds out whether all series are of one cluster and replica. */
class IdentityTally {
  readonly #walker: Walker;
  #cluster: KnownText | undefined;
  #replica: KnownText | undefined;
  #mixed = false;

  constructor(walker: Walker) {
    this.#walker = walker;
  }

  add(): void {
    if (this.#mixed) return;
    const { series, cursor } = this.#walker;
    if (this.#cluster === undefined || this.#replica === undefined) {
      this.#cluster = new KnownText(cursor.data.subarray(series.clusterFrom, series.clusterTo));
      this.#replica = new KnownText(cursor.data.subarray(series.replicaFrom, series.replicaTo));
      return;
    }
    this.#mixed =
      !this.#cluster.is(cursor, series.clusterFrom, series.clusterTo) ||
      !this.#replica.is(cursor, series.replicaFrom, series.replicaTo);
  }

  result(): Identity {
    if (this.#mixed) return { kind: 'mixed' };
    return { kind: 'uniform', cluster: valueOf(this.#cluster), replica: valueOf(this.#replica) };
  }
}

/** A label's value; an empty one is none. */
function valueOf(text: KnownText | undefined): string | undefined {
  return text === undefined || text.length === 0 ? undefined : text.toString();
}
