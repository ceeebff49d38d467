import { type Failure } from './problem.ts';
import { Invalid } from './wire/invalid.ts';
import { FLOAT } from './wire/items.ts';
import { Int32List } from './wire/int32-list.ts';
import { HISTOGRAM, SAMPLE, V1, V2 } from './wire/tags.ts';
import { varintLength } from './wire/varint.ts';
import { type Walker, walkOver } from './wire/walker.ts';
import { Writer } from './wire/writer.ts';

/** Labels are written out again for each series: without a bound, a small request could become one without end. */
const DEFAULT_MAX_BYTES = 128 * 1024 * 1024;

/** A 2.0 request as 1.0. */
export interface Transcoded {
  readonly ok: true;
  /** Uncompressed; belongs to the caller. Empty when no series is left. */
  readonly body: Uint8Array;
  readonly series: number;
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
  /** Histograms with custom buckets (schema −53), which 1.0 must not carry. */
  readonly droppedHistograms: number;
}

/**
 * Turns the bytes of a 2.0 request into 1.0. Metadata and start timestamps are left out, for which 1.0 has no place in
 * a series, and histograms with custom buckets, which are counted; series of which nothing is left go with them.
 *
 * @param maxBytes of the result, default 128 MiB; `too-large` beyond
 */
export function toV1(dataV2: Uint8Array, maxBytes: number = DEFAULT_MAX_BYTES): Transcoded | Failure {
  return walkOver('v2', dataV2, { clusterLabel: null, replicaLabel: null }, (walker) => {
    const transcoding = new Transcoding(walker, maxBytes);
    while (walker.next()) transcoding.addSeries();
    return transcoding.result();
  });
}

class Transcoding {
  readonly #walker: Walker;
  readonly #out: Writer;
  readonly #message = new Writer();
  readonly #part = new Writer();
  readonly #refs = new Int32List();
  readonly #labels: LabelWriter;
  readonly #maxBytes: number;
  readonly #counts = { series: 0, samples: 0, histograms: 0, exemplars: 0, droppedHistograms: 0 };

  constructor(walker: Walker, maxBytes: number) {
    this.#walker = walker;
    this.#maxBytes = maxBytes;
    // Labels written out make a request about five times as long.
    this.#out = new Writer(walker.cursor.data.length * 5 + 256);
    this.#labels = new LabelWriter(walker, maxBytes);
  }

  addSeries(): void {
    this.#message.clear();
    this.#refs.clear();
    for (let i = 0; i < this.#walker.length; i++) this.#refs.push(this.#walker.ref(i));
    this.#labels.write(this.#message, this.#refs);
    const labelsOnly = this.#message.length;
    this.#writeItems();
    if (this.#walker.series.exemplars > 0) this.#writeExemplars();
    if (this.#message.length === labelsOnly) return;
    this.#counts.series++;
    this.#out.field(V1.request.series, this.#message.view());
    requireBelow(this.#out.length, this.#maxBytes);
  }

  result(): Transcoded {
    return { ok: true, body: this.#out.take(), ...this.#counts };
  }

  #writeItems(): void {
    const { items } = this.#walker.series;
    for (let i = 0; i < items.length; i++) {
      if (items.kind(i) === FLOAT) this.#writeSample(items.valueAt(i), items.time(i));
      else this.#writeHistogram(items.from(i), items.to(i));
    }
  }

  /** The value goes over as two halves: its bits may be the stale marker's. */
  #writeSample(valueAt: number, timestampMs: number): void {
    const { view } = this.#walker.cursor;
    const part = this.#part;
    part.clear();
    if (valueAt >= 0) {
      part.uint32(SAMPLE.value);
      part.fixed64(view.getInt32(valueAt + 4, true), view.getInt32(valueAt, true));
    }
    part.uint32(SAMPLE.timestamp);
    part.int64(timestampMs);
    this.#message.field(V1.series.sample, part.view());
    this.#counts.samples++;
  }

  #writeHistogram(from: number, to: number): void {
    const { cursor } = this.#walker;
    const resume = cursor.at;
    const part = this.#part;
    let custom = false;
    part.clear();
    cursor.at = from;
    cursor.tag();
    cursor.end();
    while (cursor.at < to) {
      const fieldFrom = cursor.at;
      const tag = cursor.tag();
      const valueFrom = cursor.at;
      cursor.skip(tag);
      if (tag === HISTOGRAM.schema) custom = cursor.data[valueFrom] === HISTOGRAM.customBuckets;
      if (tag !== HISTOGRAM.start) part.span(cursor.data, fieldFrom, cursor.at);
    }
    cursor.at = resume;
    if (custom) {
      this.#counts.droppedHistograms++;
      return;
    }
    this.#message.field(V1.series.histogram, part.view());
    this.#counts.histograms++;
  }

  #writeExemplars(): void {
    const { cursor, series } = this.#walker;
    const resume = cursor.at;
    cursor.at = series.bodyFrom;
    while (cursor.at < series.to) {
      const tag = cursor.tag();
      if (tag === V2.series.exemplar) this.#writeExemplar(cursor.end());
      else cursor.skip(tag);
    }
    cursor.at = resume;
  }

  #writeExemplar(to: number): void {
    const { cursor } = this.#walker;
    const part = this.#part;
    part.clear();
    this.#refs.clear();
    while (cursor.at < to) {
      const from = cursor.at;
      const tag = cursor.tag();
      if (tag === V2.exemplar.refs) {
        const end = cursor.end();
        while (cursor.at < end) this.#refs.push(cursor.uint32());
      } else if (tag === V2.exemplar.unpackedRef) this.#refs.push(cursor.uint32());
      else {
        cursor.skip(tag);
        part.span(cursor.data, from, cursor.at);
      }
    }
    this.#labels.write(part, this.#refs);
    this.#message.field(V1.series.exemplar, part.view());
    this.#counts.exemplars++;
  }
}

function requireBelow(length: number, maxBytes: number): void {
  if (length > maxBytes) throw new Invalid('too-large', `the request is larger than ${maxBytes} bytes as 1.0`);
}

/** Of a symbol as a value: the name it was last with, and where the label of both is in the store. */
const STRIDE = 3;

/** Writes labels of 1.0; each pair of symbols is put together once and copied from then on. */
class LabelWriter {
  readonly #walker: Walker;
  readonly #known: Int32Array;
  readonly #store = new Writer();
  readonly #maxBytes: number;

  constructor(walker: Walker, maxBytes: number) {
    this.#walker = walker;
    this.#maxBytes = maxBytes;
    this.#known = new Int32Array(walker.symbols * STRIDE).fill(-1);
  }

  /** Writes the labels of these references as fields 1, which they are of a series and of an exemplar alike. */
  write(out: Writer, refs: Int32List): void {
    const known = this.#known;
    for (let i = 0; i < refs.length; i += 2) {
      const name = refs.at(i);
      const at = refs.at(i + 1) * STRIDE;
      if (known[at] !== name) this.#add(name, refs.at(i + 1));
      out.copy(this.#store, known[at + 1] ?? 0, known[at + 2] ?? 0);
      requireBelow(out.length, this.#maxBytes);
    }
  }

  #add(name: number, value: number): void {
    const store = this.#store;
    const at = value * STRIDE;
    this.#known[at] = name;
    this.#known[at + 1] = store.length;
    const nameLength = this.#walker.symbolTo(name) - this.#walker.symbolFrom(name);
    const valueLength = this.#walker.symbolTo(value) - this.#walker.symbolFrom(value);
    store.header(V1.series.label, 2 + varintLength(nameLength) + nameLength + varintLength(valueLength) + valueLength);
    this.#addText(V1.label.name, name);
    this.#addText(V1.label.value, value);
    this.#known[at + 2] = store.length;
  }

  #addText(tag: number, symbol: number): void {
    const from = this.#walker.symbolFrom(symbol);
    const to = this.#walker.symbolTo(symbol);
    this.#store.header(tag, to - from);
    this.#store.span(this.#walker.cursor.data, from, to);
  }
}
