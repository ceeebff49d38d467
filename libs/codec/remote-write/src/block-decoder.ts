import { failure } from './problem.ts';
import { checkBlock, type DecompressResult } from './snappy.ts';

const INITIAL_BYTES = 64 * 1024;
/** A buffer grown beyond this by one large block is let go after it. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** From this length on a copy by the built-in is faster than a loop. */
const LONG = 32;

/** The two low bits of an element's tag. */
const LITERAL = 0;
const COPY_1 = 1;
const COPY_2 = 2;

/**
 * Inflates blocks of snappy in a loop, each into the same buffer: nothing is allocated per block, and nothing waits
 * for the event loop. `data` of a result is valid, and may be written to, until the next call.
 * Format: https://github.com/google/snappy/blob/main/format_description.txt
 */
export class BlockDecoder {
  #buffer = new Uint8Array(INITIAL_BYTES);
  /** Offset of the next byte to read; -1 once the block was found to be corrupt. */
  #read = 0;
  #written = 0;

  /** Inflates one block; fails as the function `decompress` does. */
  decompress(block: Uint8Array, maxBytes: number): DecompressResult {
    const checked = checkBlock(block, maxBytes);
    if (!checked.ok) return checked;
    const { length } = checked;
    this.#fit(length);
    this.#read = lengthOfVarint(block);
    this.#written = 0;
    while (this.#read >= 0 && this.#read < block.length) this.#element(block, length);
    if (this.#read !== block.length || this.#written !== length) {
      return failure('corrupt-snappy', 'cannot decode snappy: an element is cut off or out of bounds');
    }
    return { ok: true, data: this.#buffer.subarray(0, length) };
  }

  #fit(length: number): void {
    const enough = this.#buffer.length >= length;
    if (enough && (this.#buffer.length <= KEPT_BYTES || length > KEPT_BYTES)) return;
    let size = INITIAL_BYTES;
    while (size < length) size *= 2;
    this.#buffer = new Uint8Array(size);
  }

  #element(block: Uint8Array, limit: number): void {
    const tag = block[this.#read++] ?? 0;
    const type = tag & 3;
    if (type === LITERAL) {
      this.#literal(block, tag >>> 2, limit);
      return;
    }
    let length = (tag >>> 2) + 1;
    let offset = 0;
    if (type === COPY_1) {
      length = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | this.#little(block, 1);
    } else offset = this.#little(block, type === COPY_2 ? 2 : 4);
    this.#copy(offset, length, limit);
  }

  /** An integer of so many bytes, little end first; past the end of the block its bytes are 0. */
  #little(block: Uint8Array, count: number): number {
    const at = this.#read;
    this.#read = at + count;
    let value = block[at] ?? 0;
    if (count > 1) value |= (block[at + 1] ?? 0) << 8;
    if (count > 2) value |= (block[at + 2] ?? 0) << 16;
    return count > 3 ? value + (block[at + 3] ?? 0) * 0x1000000 : value;
  }

  #literal(block: Uint8Array, code: number, limit: number): void {
    const length = (code < 60 ? code : this.#little(block, code - 59)) + 1;
    const from = this.#read;
    if (length > limit - this.#written || length > block.length - from) {
      this.#read = -1;
      return;
    }
    const to = from + length;
    this.#read = to;
    const buffer = this.#buffer;
    if (length > 4 * LONG) {
      buffer.set(block.subarray(from, to), this.#written);
      this.#written += length;
      return;
    }
    let target = this.#written;
    for (let at = from; at < to; at++) buffer[target++] = block[at] ?? 0;
    this.#written = target;
  }

  #copy(offset: number, length: number, limit: number): void {
    const to = this.#written;
    if (offset === 0 || offset > to || length > limit - to) {
      this.#read = -1;
      return;
    }
    const buffer = this.#buffer;
    let from = to - offset;
    this.#written = to + length;
    if (length >= LONG && offset >= length) {
      buffer.copyWithin(to, from, from + length);
      return;
    }
    // Byte by byte: a copy that overlaps what it writes repeats it.
    for (let target = to; target < to + length; target++) buffer[target] = buffer[from++] ?? 0;
  }
}

function lengthOfVarint(block: Uint8Array): number {
  let at = 0;
  while ((block[at] ?? 0) > 0x7f) at++;
  return at + 1;
}
