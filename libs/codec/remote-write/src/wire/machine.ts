import { SNAPPY_WASM } from '../inflate/generated/snappy-wasm.ts';
import { WALK_WASM } from './generated/walk-wasm.ts';
import { type Protocol } from '../protocol.ts';
import { Invalid } from './invalid.ts';
import { problemOf } from './problem-text.ts';

/** What is used of it: the types of Node leave WebAssembly to those of browsers. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: {
  readonly Memory: new (limits: { readonly initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: object };
  readonly RuntimeError: new () => Error;
};

interface SnappyExports {
  /** 1 when the block of so many bytes was exactly that long, inflated; 0 when it is corrupt. */
  inflate(blockLength: number, length: number): number;
}

/** What `wasm/module.as` exports; it traps where there is a problem with the request. */
export interface WalkExports {
  /** Where the memory has to reach for a walk over a request of so many bytes: never too little, and cheaply said. */
  room(protocol: number, length: number): number;
  /** Counts what it needs, for {@link counted} to say it exactly; traps at a problem, what is before it being counted. */
  count(protocol: number, length: number): void;
  counted(protocol: number, length: number): number;
  begin(protocol: number, length: number, purpose: number, clusterLength: number, replicaLength: number): void;
  next(): number;
  rewriteNext(dropped: number): number;
  /** Lists items for a tracker, and writes their series if they are to be written; 0: there are no more. */
  gather(writes: number): number;
  finishRewrite(): number;
  beginSum(): void;
  sum(): number;
}

const MIB = 1_048_576;
const PAGE = 65_536;
/** Where in the memory a request is, and so the most bytes of a block that is inflated. As in `memory.as` and `snappy.wat`. */
export const DATA = 4 * MIB;
const MAX_INFLATED = 8 * MIB;
/** Zeros behind a request. As in `memory.as`. */
const SLACK = 64;
/** Of the machine that is kept: room for the lists of all but odd requests. The system gives what is touched. */
const LISTS = 8 * MIB;
/** The most that the lists of a request may take: those of a series of a million samples. */
const MAX_LISTS = 64 * MIB;
/** Where what is said of a request begins, as an index of 32-bit words. */
export const REQUEST = 0x500 / 4;

let modules: { readonly snappy: object; readonly walk: object } | undefined;

/**
 * A memory, and the modules of WebAssembly that inflate and walk over a request in it. A request costs the garbage
 * collector nothing: memory of its own for each makes V8 mark its whole heap up to a dozen times a second.
 */
export class Machine {
  readonly #memory: Memory;
  readonly #snappy: SnappyExports;
  readonly walk: WalkExports;
  bytes: Uint8Array<ArrayBuffer>;
  words: Int32Array<ArrayBuffer>;
  doubles: Float64Array<ArrayBuffer>;

  /**
   * @param maxBytes of a request; lists beside it have the room that most need
   * @throws Invalid `no-memory`
   */
  constructor(maxBytes: number = MAX_INFLATED) {
    modules ??= { snappy: moduleOf(SNAPPY_WASM), walk: moduleOf(WALK_WASM) };
    const size = DATA + Math.max(maxBytes, MAX_INFLATED) + LISTS;
    this.#memory = obtain(size, () => new WebAssembly.Memory({ initial: Math.ceil(size / PAGE) }));
    const imports = { env: { memory: this.#memory } };
    this.#snappy = new WebAssembly.Instance(modules.snappy, imports).exports as SnappyExports;
    this.walk = new WebAssembly.Instance(modules.walk, imports).exports as WalkExports;
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.words = new Int32Array(this.#memory.buffer);
    this.doubles = new Float64Array(this.#memory.buffer);
  }

  /** Whether a block that declares to become so long can be inflated. */
  static fits(block: Uint8Array, length: number): boolean {
    return block.length <= DATA && length <= MAX_INFLATED;
  }

  /**
   * Inflates a block that fits and begins with its length.
   *
   * @returns its bytes, until the next call; `undefined` when it is corrupt
   */
  inflate(block: Uint8Array, length: number): Uint8Array<ArrayBuffer> | undefined {
    this.bytes.set(block);
    if (this.#snappy.inflate(block.length, length) === 0) return undefined;
    return this.bytes.subarray(DATA, DATA + length);
  }

  /** Puts a request where it can be walked over. */
  put(data: Uint8Array): void {
    this.bytes.set(data, DATA);
  }

  /** Whether there is memory for a walk over the request of so many bytes that is there. */
  hasRoom(protocol: Protocol, length: number): boolean {
    return length + DATA + SLACK <= this.bytes.length && this.#room(protocol, length) <= this.bytes.length;
  }

  /**
   * Makes that memory. Bytes that were lent of it are lost.
   *
   * @throws Invalid `too-large`, when it is out of proportion; `no-memory`
   */
  makeRoom(protocol: Protocol, length: number): void {
    const room = this.#room(protocol, length);
    const missing = room - this.bytes.length;
    if (missing <= 0) return;
    if (room > DATA + 2 * (length + SLACK) + MAX_LISTS) {
      throw new Invalid(
        'too-large',
        'one series has too many samples or labels, or there are too many symbols, to be read',
      );
    }
    obtain(room, () => this.#memory.grow(Math.ceil(missing / PAGE)));
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.words = new Int32Array(this.#memory.buffer);
    this.doubles = new Float64Array(this.#memory.buffer);
  }

  /** What is wrong with the request, if that is why something was thrown. */
  problemOf(error: unknown): unknown {
    const code = this.words[REQUEST] ?? 0;
    if (!(error instanceof WebAssembly.RuntimeError) || code === 0) return error;
    return problemOf(code, this.words[REQUEST + 1] ?? 0, (this.words[REQUEST + 2] ?? 0) >>> 0);
  }

  /** An estimate where that is enough; what was counted where it is not. */
  #room(protocol: Protocol, length: number): number {
    const version = protocol === 'v1' ? 1 : 2;
    const estimate = this.walk.room(version, length);
    if (estimate <= this.bytes.length) return estimate;
    try {
      this.walk.count(version, length);
    } catch (error) {
      // The walk will come to the same problem at the latest.
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    }
    return this.walk.counted(version, length);
  }
}

/** What the system says when it has no memory becomes a problem of the request it was for. */
function obtain<T>(bytes: number, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof TypeError)) throw error;
    const mib = Math.ceil(bytes / MIB);
    throw new Invalid('no-memory', `there are no ${mib} MiB of memory for the request: ${error.message}`);
  }
}

function moduleOf(base64: string): object {
  return new WebAssembly.Module(Buffer.from(base64, 'base64'));
}
