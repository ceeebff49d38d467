import { sampleBytes } from './encode.ts';
import { type Failure } from './problem.ts';
import { type Protocol } from './protocol.ts';
import { Invalid } from './wire/invalid.ts';
import { type LabelSpan } from './wire/series-state.ts';
import { SymbolSelection } from './wire/symbol-selection.ts';
import { V1, V2 } from './wire/tags.ts';
import { type Walker, walkOver } from './wire/walker.ts';
import { Writer } from './wire/writer.ts';

/** Which series {@link staleMarkers} ends, and when. */
export interface StaleMarkersOptions {
  /** Left out of the markers' labels and of the fingerprints; `null`: nothing is. */
  readonly replicaLabel: string | null;
  /**
   * The time of a series' marker, Unix ms, a safe integer; `undefined`: it gets none. Called once for each series of the
   * request, in its order, with the halves of its fingerprint as a `SeriesTracker` gets them.
   */
  readonly markerOf: (high: number, low: number) => number | undefined;
}

/** What {@link staleMarkers} says. */
export type StaleMarkersResult =
  | {
      readonly ok: true;
      /** Uncompressed; belongs to the caller. Empty when there are no markers. */
      readonly body: Uint8Array;
      readonly markers: number;
      /** Oldest marker, Unix ms; `undefined` when there is none. */
      readonly minTimestampMs: number | undefined;
      /** Newest marker, Unix ms; `undefined` when there is none. */
      readonly maxTimestampMs: number | undefined;
    }
  | Failure;

/**
 * Makes a request, of the same protocol, that ends series of this one: for each series chosen its labels without the
 * replica label and one float sample, the stale marker. A float ends a series of native histograms too. Metadata and
 * exemplars stay behind; in 2.0 the symbols are those in use. `data` is left as it is.
 *
 * A time that is no safe integer is a problem too (`invalid-timestamp`).
 */
export function staleMarkers(protocol: Protocol, data: Uint8Array, options: StaleMarkersOptions): StaleMarkersResult {
  const { replicaLabel, markerOf } = options;
  return walkOver(protocol, data, { clusterLabel: null, replicaLabel, fingerprints: true }, (walker) => {
    const marking = new Marking(walker);
    while (walker.next()) {
      const timestampMs = markerOf(walker.series.high, walker.series.low);
      if (timestampMs !== undefined) marking.add(timestampMs);
    }
    return marking.result();
  });
}

class Marking {
  readonly #labels: LabelsWriter;
  readonly #seriesTag: number;
  readonly #out = new Writer();
  readonly #message = new Writer();
  readonly #part = new Writer();
  #markers = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(walker: Walker) {
    const isV2 = walker.protocol === 'v2';
    this.#labels = isV2 ? new LabelsWriterV2(walker) : new LabelsWriterV1(walker);
    this.#seriesTag = isV2 ? V2.request.series : V1.request.series;
  }

  /** Marks the series the walker stands on. */
  add(timestampMs: number): void {
    if (!Number.isSafeInteger(timestampMs)) {
      throw new Invalid('invalid-timestamp', `a stale marker's time, ${timestampMs}, is not a whole number of ms`);
    }
    const message = this.#message;
    message.clear();
    this.#labels.write(message);
    // Field 2 of a series, and of the same form, in both protocols.
    message.field(V1.series.sample, sampleBytes(this.#part, { value: NaN, timestampMs, stale: true }));
    this.#out.field(this.#seriesTag, message.view());
    this.#markers++;
    this.#min = Math.min(this.#min, timestampMs);
    this.#max = Math.max(this.#max, timestampMs);
  }

  result(): StaleMarkersResult {
    const some = this.#markers > 0;
    return {
      ok: true,
      body: some ? this.#body() : new Uint8Array(0),
      markers: this.#markers,
      minTimestampMs: some ? this.#min : undefined,
      maxTimestampMs: some ? this.#max : undefined,
    };
  }

  #body(): Uint8Array {
    const request = new Writer();
    this.#labels.begin(request);
    request.span(this.#out.view(), 0, this.#out.length);
    return request.take();
  }
}

/** Writes the labels, but for the replica's, of the series that a walker stands on. */
interface LabelsWriter {
  write(message: Writer): void;
  /** Writes what the series written refer to, once they all are. */
  begin(request: Writer): void;
}

class LabelsWriterV1 implements LabelsWriter {
  readonly #walker: Walker;
  readonly #part = new Writer();
  readonly #span: LabelSpan = { nameFrom: 0, nameTo: 0, valueFrom: 0, valueTo: 0 };

  constructor(walker: Walker) {
    this.#walker = walker;
  }

  write(message: Writer): void {
    const count = this.#walker.labelCount();
    for (let i = 0; i < count; i++) {
      if (!this.#walker.isReplica(i)) message.field(V1.series.label, this.#label(i));
    }
  }

  begin(): void {
    // A series of 1.0 refers to nothing.
  }

  #label(index: number): Uint8Array {
    const { cursor } = this.#walker;
    const part = this.#part;
    const span = this.#span;
    this.#walker.readLabel(index, span);
    part.clear();
    part.header(V1.label.name, span.nameTo - span.nameFrom);
    part.span(cursor.data, span.nameFrom, span.nameTo);
    part.header(V1.label.value, span.valueTo - span.valueFrom);
    part.span(cursor.data, span.valueFrom, span.valueTo);
    return part.view();
  }
}

class LabelsWriterV2 implements LabelsWriter {
  readonly #walker: Walker;
  readonly #symbols: SymbolSelection;
  readonly #refs = new Writer();

  constructor(walker: Walker) {
    this.#walker = walker;
    this.#symbols = new SymbolSelection(walker);
  }

  write(message: Writer): void {
    const walker = this.#walker;
    const out = this.#refs;
    out.clear();
    for (let i = 0; i < walker.length; i += 2) {
      if (walker.isReplica(i / 2)) continue;
      out.uint32(this.#symbols.map(walker.ref(i)));
      out.uint32(this.#symbols.map(walker.ref(i + 1)));
    }
    if (out.length > 0) message.field(V2.series.refs, out.view());
  }

  begin(request: Writer): void {
    this.#symbols.writeTo(request);
  }
}
