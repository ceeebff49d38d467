import { V2 } from './tags.ts';
import { type Walker } from './walker.ts';
import { Writer } from './writer.ts';

/** A table of the symbols of a 2.0 request that are in use, numbered in the order they are asked for. */
export class SymbolSelection {
  readonly #walker: Walker;
  /** From the old symbols to the new. */
  readonly #mapped = new Map([[0, 0]]);
  readonly #out = new Writer();

  constructor(walker: Walker) {
    this.#walker = walker;
    this.#out.header(V2.request.symbol, 0);
  }

  /** Bytes of the table so far. */
  get size(): number {
    return this.#out.length;
  }

  /** The new reference to a symbol, which is put into the table if it is not there. */
  map(symbol: number): number {
    const known = this.#mapped.get(symbol);
    if (known !== undefined) return known;
    const next = this.#mapped.size;
    this.#mapped.set(symbol, next);
    const from = this.#walker.symbolFrom(symbol);
    const to = this.#walker.symbolTo(symbol);
    this.#out.header(V2.request.symbol, to - from);
    this.#out.span(this.#walker.cursor.data, from, to);
    return next;
  }

  /** The table, as fields of a request. */
  writeTo(request: Writer): void {
    request.span(this.#out.view(), 0, this.#out.length);
  }
}
