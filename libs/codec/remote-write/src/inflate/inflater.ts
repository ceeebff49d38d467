import { SNAPPY_WASM } from './generated/snappy-wasm.ts';

const MIB = 1_048_576;
/** Where in its memory the bytes out begin, and so the most bytes in. As in `snappy.wat`. */
const OUT = 4 * MIB;
const MAX_OUT = 8 * MIB;

/** What is used of it: the types of Node leave WebAssembly to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface SnappyExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** 1 when the block of so many bytes was exactly that long, inflated; 0 when it is corrupt. */
  inflate(blockLength: number, length: number): number;
}

/**
 * Inflates blocks of snappy, one after the other, into the same memory of 12 MiB, of which the operating system gives
 * what is touched. So a request costs the garbage collector nothing: memory of its own for each makes V8 mark its whole
 * heap up to a dozen times a second, which doubles what a request costs.
 */
export class Inflater {
  readonly #exports: SnappyExports;
  readonly #memory: Uint8Array<ArrayBuffer>;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(SNAPPY_WASM, 'base64'));
    this.#exports = new WebAssembly.Instance(module).exports as SnappyExports;
    this.#memory = new Uint8Array(this.#exports.memory.buffer);
  }

  /** Whether its memory has room for a block, and for what it declares to become. */
  fits(block: Uint8Array, length: number): boolean {
    return block.length <= OUT && length <= MAX_OUT;
  }

  /**
   * Inflates a block that fits and begins with its length.
   *
   * @returns its bytes, until the next call; `undefined` when it is corrupt
   */
  inflate(block: Uint8Array, length: number): Uint8Array | undefined {
    this.#memory.set(block);
    if (this.#exports.inflate(block.length, length) === 0) return undefined;
    return this.#memory.subarray(OUT, OUT + length);
  }
}
