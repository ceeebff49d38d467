import { spanIs } from './text.ts';

/** What a label's name means to us. */
export const NONE = 0;
export const CLUSTER = 1;
export const REPLICA = 2;
export const METRIC_NAME = 3;

const encoder = new TextEncoder();
const METRIC_NAME_TEXT = encoder.encode('__name__');
const NOTHING = new Uint8Array(0);

/** Tells the labels that matter from all others, by their bytes. */
export class Roles {
  readonly #cluster: Uint8Array;
  readonly #replica: Uint8Array;
  /** Bit n is set when a name that matters has n bytes, modulo 32: most names are told by that alone. */
  readonly #lengths: number;

  /** `null`: there is no such label. */
  constructor(clusterLabel: string | null, replicaLabel: string | null) {
    this.#cluster = clusterLabel === null ? NOTHING : encoder.encode(clusterLabel);
    this.#replica = replicaLabel === null ? NOTHING : encoder.encode(replicaLabel);
    this.#lengths = (1 << METRIC_NAME_TEXT.length) | (1 << this.#cluster.length) | (1 << this.#replica.length);
  }

  of(data: Uint8Array, from: number, to: number): number {
    return (this.#lengths & (1 << (to - from))) === 0 ? NONE : this.#compare(data, from, to);
  }

  #compare(data: Uint8Array, from: number, to: number): number {
    if (from === to) return NONE;
    if (spanIs(data, from, to, this.#replica)) return REPLICA;
    if (spanIs(data, from, to, this.#cluster)) return CLUSTER;
    return spanIs(data, from, to, METRIC_NAME_TEXT) ? METRIC_NAME : NONE;
  }
}
