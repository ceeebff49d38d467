import { byteAt, type Cursor } from './cursor.ts';
import { KnownText } from './text.ts';

/** What a label's name means to us. */
export const NONE = 0;
export const CLUSTER = 1;
export const REPLICA = 2;
export const METRIC_NAME = 3;

const encoder = new TextEncoder();
const METRIC_NAME_TEXT = new KnownText(encoder.encode('__name__'));
const NOTHING = new KnownText(new Uint8Array(0));

/** Tells the labels that matter from all others, by their bytes. */
export class Roles {
  readonly #cluster: KnownText;
  readonly #replica: KnownText;
  /** Bit n is set when a name that matters has n bytes, modulo 32: most names are told by that. */
  readonly #lengths: number;
  /** Bit n is set when a name that matters begins with a byte that is n, modulo 32. */
  readonly #firsts: number;

  /** `null`: there is no such label. */
  constructor(clusterLabel: string | null, replicaLabel: string | null) {
    this.#cluster = clusterLabel === null ? NOTHING : new KnownText(encoder.encode(clusterLabel));
    this.#replica = replicaLabel === null ? NOTHING : new KnownText(encoder.encode(replicaLabel));
    const known = [METRIC_NAME_TEXT, this.#cluster, this.#replica];
    this.#lengths = known.reduce((bits, { length }) => bits | (1 << length), 0);
    this.#firsts = known.reduce((bits, { first }) => bits | (1 << first), 0);
  }

  of(cursor: Cursor, from: number, to: number): number {
    if ((this.#lengths & (1 << (to - from))) === 0) return NONE;
    return (this.#firsts & (1 << byteAt(cursor.data, from))) === 0 ? NONE : this.#compare(cursor, from, to);
  }

  #compare(cursor: Cursor, from: number, to: number): number {
    if (from === to) return NONE;
    if (this.#replica.is(cursor, from, to)) return REPLICA;
    if (this.#cluster.is(cursor, from, to)) return CLUSTER;
    return METRIC_NAME_TEXT.is(cursor, from, to) ? METRIC_NAME : NONE;
  }
}
