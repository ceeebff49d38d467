import { TextHasher } from '@tandem/series';
import { type Cursor } from './cursor.ts';
import { Int32List } from './int32-list.ts';
import { Invalid } from './invalid.ts';
import { type Roles } from './roles.ts';
import { V2 } from './tags.ts';
import { requireUtf8 } from './text.ts';

/** Begin, end, role, high and low lane of the hash. */
const STRIDE = 5;

/** The symbols of a 2.0 request: where each is, what it means as a label's name, and its hash. */
export class SymbolTable {
  readonly #entries = new Int32List();

  get length(): number {
    return this.#entries.length / STRIDE;
  }

  from(symbol: number): number {
    return this.#entries.at(symbol * STRIDE);
  }

  to(symbol: number): number {
    return this.#entries.at(symbol * STRIDE + 1);
  }

  role(symbol: number): number {
    return this.#entries.at(symbol * STRIDE + 2);
  }

  hashHigh(symbol: number): number {
    return this.#entries.at(symbol * STRIDE + 3);
  }

  hashLow(symbol: number): number {
    return this.#entries.at(symbol * STRIDE + 4);
  }

  /** Whether a symbol is the empty text. */
  isEmpty(symbol: number): boolean {
    return this.from(symbol) === this.to(symbol);
  }

  /** Collects all symbols of a request, wherever in it they are, and leaves the cursor at its beginning. */
  read(cursor: Cursor, roles: Roles, options: { readonly hash: boolean; readonly checkUtf8: boolean }): void {
    const stop = cursor.data.length;
    const hasher = options.hash ? new TextHasher(cursor.view) : undefined;
    while (cursor.at < stop) {
      const tag = cursor.tag();
      if (tag === V2.request.symbol) {
        const to = cursor.end(stop);
        if (options.checkUtf8) requireUtf8(cursor, cursor.at, to);
        this.#add(cursor.at, to, roles.of(cursor.data, cursor.at, to), hasher);
        cursor.at = to;
      } else cursor.skip(tag, stop);
    }
    cursor.finish(stop);
    cursor.at = 0;
    if (this.length > 0 && !this.isEmpty(0)) throw new Invalid('invalid-symbols', 'symbol 0 is not the empty text');
  }

  /** Checks a reference from a message to this table. */
  require(symbol: number): void {
    if (symbol < this.length) return;
    throw new Invalid('invalid-symbols', `reference ${symbol} into a table of ${this.length} symbols`);
  }

  #add(from: number, to: number, role: number, hasher: TextHasher | undefined): void {
    hasher?.hash(from, to);
    this.#entries.push(from);
    this.#entries.push(to);
    this.#entries.push(role);
    this.#entries.push(hasher?.high ?? 0);
    this.#entries.push(hasher?.low ?? 0);
  }
}
