import { LabelHasher } from '@tandem/series';
import { type Cursor } from './cursor.ts';
import { Int32List } from './int32-list.ts';
import { Invalid } from './invalid.ts';
import { type Roles } from './roles.ts';
import { type SeriesState } from './series-state.ts';
import { V2 } from './tags.ts';
import { requireUtf8 } from './text.ts';

/** Begin and end. */
const STRIDE = 2;
/** Of a symbol as a value: the name it was last with, and the halves of the hash of the label they make. */
const LABEL_STRIDE = 3;

/** The symbols of a 2.0 request: where each is, what it means as a label's name, and the hashes of labels. */
export class SymbolTable {
  /** How many there are. */
  length = 0;
  /** The bytes that the offsets are of: the request, or what it was before it was rewritten. */
  texts: Uint8Array = new Uint8Array(0);
  readonly #entries = new Int32List();
  readonly #roles = new Int32List();
  readonly #hashes = new Int32List();
  #hasher: LabelHasher | undefined;

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
   * Adds a label to the fingerprint of a series. Most values go with one name only, so that the hash is worth keeping.
   */
  addTo(series: SeriesState, name: number, value: number): void {
    const hashes = this.#hashes.items;
    const at = value * LABEL_STRIDE;
    // 0 stands for no name yet: symbol 0 is the empty text, which is the name of no label.
    if (hashes[at] !== name || name === 0) this.#hash(name, value);
    series.high = (series.high + (hashes[at + 1] ?? 0)) | 0;
    series.low = (series.low + (hashes[at + 2] ?? 0)) | 0;
  }

  /** Whether a symbol is the empty text. */
  isEmpty(symbol: number): boolean {
    return this.from(symbol) === this.to(symbol);
  }

  /** Collects all symbols of a request, wherever in it they are, and leaves the cursor at its beginning. */
  read(cursor: Cursor, roles: Roles, options: { readonly hash: boolean; readonly checkUtf8: boolean }): void {
    const stop = cursor.data.length;
    let seriesSeen = false;
    let late = false;
    while (cursor.at < stop) {
      const tag = cursor.tag();
      if (tag === V2.request.symbol) {
        const to = cursor.end(stop);
        late ||= seriesSeen;
        if (options.checkUtf8) requireUtf8(cursor, cursor.at, to);
        this.#add(cursor.at, to, roles.of(cursor, cursor.at, to));
        cursor.at = to;
      } else {
        cursor.skip(tag, stop);
        seriesSeen ||= tag === V2.request.series;
      }
    }
    cursor.finish(stop);
    cursor.at = 0;
    this.texts = cursor.data;
    if (options.hash) this.#prepareHashes(cursor, late);
    if (this.length > 0 && !this.isEmpty(0)) throw new Invalid('invalid-symbols', 'symbol 0 is not the empty text');
  }

  /** Checks a reference from a message to this table. */
  require(symbol: number): void {
    if (symbol < this.length) return;
    throw new Invalid('invalid-symbols', `reference ${symbol} into a table of ${this.length} symbols`);
  }

  /**
   * Labels are hashed when they are first met. A request that is rewritten in place moves the symbols that come after
   * a series, which no writer makes: those are hashed from a copy.
   */
  #prepareHashes(cursor: Cursor, late: boolean): void {
    if (late) this.texts = Uint8Array.from(cursor.data);
    const { buffer, byteOffset, byteLength } = this.texts;
    this.#hasher = new LabelHasher(new DataView(buffer, byteOffset, byteLength));
    this.#hashes.reserve(this.length * LABEL_STRIDE);
  }

  #hash(name: number, value: number): void {
    const hasher = this.#hasher;
    if (hasher === undefined) return;
    hasher.hash(this.from(name), this.to(name), this.from(value), this.to(value));
    const hashes = this.#hashes.items;
    const at = value * LABEL_STRIDE;
    hashes[at] = name;
    hashes[at + 1] = hasher.high;
    hashes[at + 2] = hasher.low;
  }

  #add(from: number, to: number, role: number): void {
    this.#entries.push(from);
    this.#entries.push(to);
    this.#roles.push(role);
    this.length++;
  }
}
