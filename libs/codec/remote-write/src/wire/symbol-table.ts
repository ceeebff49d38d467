import { pairHigh, pairLow, TextHasher } from '@tandem/series';
import { type Cursor } from './cursor.ts';
import { Int32List } from './int32-list.ts';
import { Invalid } from './invalid.ts';
import { type Roles } from './roles.ts';
import { type SeriesState } from './series-state.ts';
import { V2 } from './tags.ts';
import { requireUtf8 } from './text.ts';

/** Begin, end, high and low lane of the hash. */
const STRIDE = 4;
/** Of a symbol as a value: the name it was last with, and what both add to the halves of a fingerprint. */
const PAIR_STRIDE = 3;

/** The symbols of a 2.0 request: where each is, what it means as a label's name, and its hash. */
export class SymbolTable {
  /** How many there are. */
  length = 0;
  readonly #entries = new Int32List();
  readonly #roles = new Int32List();
  readonly #pairs = new Int32List();

  from(symbol: number): number {
    return this.#entries.at(symbol * STRIDE);
  }

  to(symbol: number): number {
    return this.#entries.at(symbol * STRIDE + 1);
  }

  role(symbol: number): number {
    return this.#roles.at(symbol);
  }

  /**
   * Adds a label to the fingerprint of a series. Most values go with one name only, so that what the two add is worth
   * keeping.
   */
  addTo(series: SeriesState, name: number, value: number): void {
    const pairs = this.#pairs.items;
    const at = value * PAIR_STRIDE;
    // 0 stands for no name yet: symbol 0 is the empty text, which is the name of no label.
    if (pairs[at] !== name || name === 0) this.#fillPair(name, value);
    series.high = (series.high + (pairs[at + 1] ?? 0)) | 0;
    series.low = (series.low + (pairs[at + 2] ?? 0)) | 0;
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
    if (options.hash) this.#pairs.reserve(this.length * PAIR_STRIDE);
    if (this.length > 0 && !this.isEmpty(0)) throw new Invalid('invalid-symbols', 'symbol 0 is not the empty text');
  }

  /** Checks a reference from a message to this table. */
  require(symbol: number): void {
    if (symbol < this.length) return;
    throw new Invalid('invalid-symbols', `reference ${symbol} into a table of ${this.length} symbols`);
  }

  #fillPair(name: number, value: number): void {
    const entries = this.#entries;
    const pairs = this.#pairs.items;
    const at = value * PAIR_STRIDE;
    const nameAt = name * STRIDE;
    const valueAt = value * STRIDE;
    pairs[at] = name;
    pairs[at + 1] = pairHigh(entries.at(nameAt + 2), entries.at(valueAt + 2));
    pairs[at + 2] = pairLow(entries.at(nameAt + 3), entries.at(valueAt + 3));
  }

  #add(from: number, to: number, role: number, hasher: TextHasher | undefined): void {
    hasher?.hash(from, to);
    this.#entries.push(from);
    this.#entries.push(to);
    this.#roles.push(role);
    this.#entries.push(hasher?.high ?? 0);
    this.#entries.push(hasher?.low ?? 0);
    this.length++;
  }
}
