import { type Walker } from './walker.ts';
import { SymbolSelection } from './symbol-selection.ts';
import { V2 } from './tags.ts';
import { Writer } from './writer.ts';

/** Puts together a request out of series of another one. */
export interface RequestBuilder {
  /** Bytes of the request so far. */
  readonly size: number;
  /** Takes the series the walker stands on. */
  add(): void;
  /** The request; belongs to the caller. */
  build(): Uint8Array;
}

/** A builder of requests of the protocol of the walker, whose series it takes. */
export function builderFor(walker: Walker): RequestBuilder {
  return walker.protocol === 'v2' ? new BuilderV2(walker) : new BuilderV1(walker);
}

/** Series of 1.0 stand alone: their bytes are copied. */
class BuilderV1 implements RequestBuilder {
  readonly #walker: Walker;
  readonly #out = new Writer();

  constructor(walker: Walker) {
    this.#walker = walker;
  }

  get size(): number {
    return this.#out.length;
  }

  add(): void {
    const { series, cursor } = this.#walker;
    this.#out.span(cursor.data, series.from, series.to);
  }

  build(): Uint8Array {
    return this.#out.take();
  }
}

/** Series of 2.0 refer to symbols: the table is made anew, of those in use, and all references with it. */
class BuilderV2 implements RequestBuilder {
  readonly #walker: Walker;
  readonly #symbols: SymbolSelection;
  readonly #out = new Writer();
  readonly #message = new Writer();
  readonly #part = new Writer();
  readonly #refs = new Writer();

  constructor(walker: Walker) {
    this.#walker = walker;
    this.#symbols = new SymbolSelection(walker);
  }

  get size(): number {
    return this.#symbols.size + this.#out.length;
  }

  add(): void {
    this.#message.clear();
    this.#refs.clear();
    for (let i = 0; i < this.#walker.length; i++) this.#refs.uint32(this.#symbols.map(this.#walker.ref(i)));
    if (this.#refs.length > 0) this.#message.field(V2.series.refs, this.#refs.view());
    this.#copyFields();
    this.#out.field(V2.request.series, this.#message.view());
  }

  build(): Uint8Array {
    const request = new Writer();
    this.#symbols.writeTo(request);
    request.span(this.#out.view(), 0, this.#out.length);
    return request.take();
  }

  /** Goes through the series' fields once more and copies what are no labels; the walker has checked it all. */
  #copyFields(): void {
    const { cursor, series } = this.#walker;
    const resume = cursor.at;
    cursor.at = series.bodyFrom;
    while (cursor.at < series.to) {
      const from = cursor.at;
      const tag = cursor.tag();
      if (tag === V2.series.exemplar) this.#copyExemplar(cursor.end());
      else if (tag === V2.series.metadata) this.#copyMetadata(cursor.end());
      else {
        cursor.skip(tag);
        const isRef = tag === V2.series.refs || tag === V2.series.unpackedRef;
        if (!isRef) this.#message.span(cursor.data, from, cursor.at);
      }
    }
    cursor.at = resume;
  }

  #copyExemplar(to: number): void {
    const { cursor } = this.#walker;
    this.#part.clear();
    this.#refs.clear();
    while (cursor.at < to) {
      const from = cursor.at;
      const tag = cursor.tag();
      if (tag === V2.exemplar.refs) {
        const end = cursor.end();
        while (cursor.at < end) this.#refs.uint32(this.#symbols.map(cursor.uint32()));
      } else if (tag === V2.exemplar.unpackedRef) this.#refs.uint32(this.#symbols.map(cursor.uint32()));
      else {
        cursor.skip(tag);
        this.#part.span(cursor.data, from, cursor.at);
      }
    }
    if (this.#refs.length > 0) this.#part.field(V2.exemplar.refs, this.#refs.view());
    this.#message.field(V2.series.exemplar, this.#part.view());
  }

  #copyMetadata(to: number): void {
    const { cursor } = this.#walker;
    this.#part.clear();
    while (cursor.at < to) {
      const from = cursor.at;
      const tag = cursor.tag();
      if (tag === V2.metadata.help || tag === V2.metadata.unit) {
        this.#part.uint32(tag);
        this.#part.uint32(this.#symbols.map(cursor.uint32()));
      } else {
        cursor.skip(tag);
        this.#part.span(cursor.data, from, cursor.at);
      }
    }
    this.#message.field(V2.series.metadata, this.#part.view());
  }
}
