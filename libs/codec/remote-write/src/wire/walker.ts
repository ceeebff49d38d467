import { type Failure } from '../problem.ts';
import { type Protocol } from '../protocol.ts';
import { Cursor } from './cursor.ts';
import { Int32List } from './int32-list.ts';
import { DATA, REQUEST, type Machine, type WalkExports } from './machine.ts';
import { onMachine, type Placed } from './machines.ts';
import { SeriesState, type LabelSpan } from './series-state.ts';

/** What a walk is for. */
export interface WalkOptions {
  readonly clusterLabel: string | null;
  readonly replicaLabel: string | null;
  /** Compute each series' fingerprint. */
  readonly fingerprints?: boolean;
  /** Refuse labels that are not UTF-8. */
  readonly checkUtf8?: boolean;
  /** Of a rewrite: leave out the series of which no sample is kept. */
  readonly onlyKept?: boolean;
}

/** As in `memory.as`. */
const CLUSTER_NAME = 0x10000;
const REPLICA_NAME = 0x14000;
const MAX_NAME = 0x4000;
const TIMES = 0x5f0 / 8;
const FINGERPRINTS = 1;
const CHECK_UTF8 = 2;
const ONLY_KEPT = 4;
const REPLICA = 2;

/** What the module says it stands on. */
const SERIES = 1;
const METADATA = 2;

/** Words of what is said of a request, from {@link REQUEST} on; as in `module.as`. */
export const REQUEST_FIELD = {
  textsAt: 3,
  symbolsAt: 4,
  symbols: 5,
  labelsAt: 6,
  changed: 7,
  keptSeries: 8,
  series: 9,
  samples: 10,
  histograms: 11,
  exemplars: 12,
  metadata: 13,
  mixed: 14,
  clusterFrom: 15,
  clusterTo: 16,
  replicaFrom: 17,
  replicaTo: 18,
  itemsAt: 19,
  listAt: 20,
} as const;

const encoder = new TextEncoder();
/** The names that are looked for, as bytes: they are the same for all requests. */
const encoded = new Map<string, Uint8Array>();
const MOST_ENCODED = 64;

/** Goes through a request; its problems become failures. The walker, and views of what it gives, end with the call. */
export function walkOver<T>(
  protocol: Protocol,
  data: Uint8Array,
  options: WalkOptions,
  use: (walker: Walker) => T,
): T | Failure {
  return onMachine(protocol, data, (placed) => use(new Walker(protocol, placed, data.length, options)));
}

/**
 * Goes through the series of a request; everything it meets is checked as far as it is looked at. The walk itself is in
 * WebAssembly (`wasm/`), which leaves lists in its memory; this reads them.
 */
export class Walker {
  readonly protocol: Protocol;
  readonly machine: Machine;
  readonly inPlace: boolean;
  readonly cursor: Cursor;
  /** The series stood on, after {@link next} said true. */
  readonly series: SeriesState;
  /** Metadata records met so far outside of series, as spans (from, to): 1.0 alone. */
  readonly metadata = new Int32List();
  readonly walk: WalkExports;
  readonly #words: Int32Array;

  /** @throws Invalid, by way of {@link walkOver}, when the symbols of a 2.0 request are wrong */
  constructor(protocol: Protocol, { machine, inPlace }: Placed, length: number, options: WalkOptions) {
    this.protocol = protocol;
    this.machine = machine;
    this.inPlace = inPlace;
    this.walk = machine.walk;
    this.#words = machine.words;
    const clusterLength = putName(machine, CLUSTER_NAME, options.clusterLabel);
    const replicaLength = putName(machine, REPLICA_NAME, options.replicaLabel);
    this.walk.begin(protocol === 'v1' ? 1 : 2, length, purposeOf(options), clusterLength, replicaLength);
    this.cursor = new Cursor(machine.bytes.subarray(DATA, DATA + length));
    this.series = new SeriesState(machine, this.field('itemsAt'));
  }

  /** What is said of the request as a whole. */
  field(name: keyof typeof REQUEST_FIELD): number {
    return this.#words[REQUEST + REQUEST_FIELD[name]] ?? 0;
  }

  /** A walk over what a rewrite has left of the request, where this walk was: nothing more is to be asked of it. */
  again(length: number, options: WalkOptions): Walker {
    const { protocol, machine, inPlace } = this;
    return new Walker(protocol, { machine, inPlace }, length, options);
  }

  /** Oldest time of a request that was summed up, Unix ms. */
  get oldestMs(): number {
    return this.machine.doubles[TIMES] ?? 0;
  }

  /** Newest time of a request that was summed up, Unix ms. */
  get newestMs(): number {
    return this.machine.doubles[TIMES + 1] ?? 0;
  }

  /** Moves to the next series; false at the end. */
  next(): boolean {
    return this.#settle(this.walk.next());
  }

  /**
   * Writes the series stood on anew, without its replica label and the items that are marked as dropped, and moves to the
   * next one; false at the end. The cursor's bytes up to there are spoilt.
   */
  rewriteNext(dropped: number): boolean {
    return this.#settle(this.walk.rewriteNext(dropped));
  }

  /** Where the bytes of label texts are: in the request, or in a copy of it where a rewrite would move them. */
  get texts(): Uint8Array {
    const at = this.field('textsAt');
    return at === DATA ? this.cursor.data : this.machine.bytes.subarray(at, at + this.cursor.data.length);
  }

  /** 1.0: labels, 2.0: references, of the series stood on. */
  get length(): number {
    return this.series.labels;
  }

  /** Labels of the series stood on. */
  labelCount(): number {
    return this.protocol === 'v1' ? this.series.labels : this.series.labels / 2;
  }

  /** Where label `index` of the series is. */
  readLabel(index: number, into: LabelSpan): void {
    if (this.protocol === 'v2') {
      into.nameFrom = this.symbolFrom(this.ref(index * 2));
      into.nameTo = this.symbolTo(this.ref(index * 2));
      into.valueFrom = this.symbolFrom(this.ref(index * 2 + 1));
      into.valueTo = this.symbolTo(this.ref(index * 2 + 1));
      return;
    }
    const at = this.#labelAt(index);
    into.nameFrom = (this.#words[at] ?? 0) - DATA;
    into.nameTo = (this.#words[at + 1] ?? 0) - DATA;
    into.valueFrom = (this.#words[at + 2] ?? 0) - DATA;
    into.valueTo = (this.#words[at + 3] ?? 0) - DATA;
  }

  /** Whether label `index` of the series is the replica's. */
  isReplica(index: number): boolean {
    const at = this.protocol === 'v1' ? this.#labelAt(index) + 4 : this.#symbolAt(this.ref(index * 2)) + 2;
    return this.#words[at] === REPLICA;
  }

  /** 2.0: reference `index` of the labels of the series. */
  ref(index: number): number {
    return this.#words[this.field('labelsAt') / 4 + index] ?? 0;
  }

  /** 2.0: how many symbols there are. */
  get symbols(): number {
    return this.field('symbols');
  }

  /** 2.0: where a symbol's text begins. */
  symbolFrom(symbol: number): number {
    return (this.#words[this.#symbolAt(symbol)] ?? 0) - DATA;
  }

  /** 2.0: where a symbol's text ends. */
  symbolTo(symbol: number): number {
    return (this.#words[this.#symbolAt(symbol) + 1] ?? 0) - DATA;
  }

  #labelAt(index: number): number {
    return this.field('labelsAt') / 4 + index * 8;
  }

  #symbolAt(symbol: number): number {
    return this.field('symbolsAt') / 4 + symbol * 4;
  }

  #settle(first: number): boolean {
    let found = first;
    for (; found === METADATA; found = this.walk.rewriteNext(0)) {
      this.metadata.push(this.series.from);
      this.metadata.push(this.series.to);
    }
    return found === SERIES;
  }
}

function purposeOf({ fingerprints, checkUtf8, onlyKept }: WalkOptions): number {
  return (
    (fingerprints === true ? FINGERPRINTS : 0) |
    (checkUtf8 === true ? CHECK_UTF8 : 0) |
    (onlyKept === true ? ONLY_KEPT : 0)
  );
}

function putName(machine: Machine, at: number, name: string | null): number {
  if (name === null) return 0;
  let bytes = encoded.get(name);
  if (bytes === undefined) {
    bytes = encoder.encode(name);
    if (bytes.length > MAX_NAME) throw new RangeError(`cannot look for a label whose name has ${bytes.length} bytes`);
    if (encoded.size >= MOST_ENCODED) encoded.clear();
    encoded.set(name, bytes);
  }
  machine.bytes.set(bytes, at);
  return bytes.length;
}
