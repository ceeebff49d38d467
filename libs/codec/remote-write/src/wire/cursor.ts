import { Invalid } from './invalid.ts';

const TWO_28 = 2 ** 28;
const TWO_25 = 2 ** 25;
const LOW_28 = TWO_28 - 1;
/** Set beside 28 bits of a varint that has more. */
const MORE = 2 ** 28;

/** The wire types of protobuf that are in use; 3 and 4 (groups) are refused. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** The byte at an offset; 0 past the end. */
export function byteAt(data: Uint8Array, at: number): number {
  return data[at] ?? 0;
}

/**
 * Reads protobuf from a byte array. Reading past the end gives zeros, and whoever reads a message checks with
 * {@link Cursor.finish} that it ended where its length said; a length is checked before it is followed, so that
 * nothing past the message is ever looked at.
 */
export class Cursor {
  /** Offset of the next byte. */
  at = 0;
  readonly data: Uint8Array;
  readonly view: DataView;

  constructor(data: Uint8Array) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** The next byte; 0 past the end. */
  byte(): number {
    return this.data[this.at++] ?? 0;
  }

  /** A varint of at most 32 bits: a tag, a length or a reference. */
  uint32(): number {
    const first = this.byte();
    return first < 0x80 ? first : this.#longUint32(first);
  }

  /** A field's tag: number << 3 | wire type. */
  tag(): number {
    const tag = this.uint32();
    if (tag < 8) throw new Invalid('malformed', `field number 0 at byte ${this.at - 1}`);
    return tag;
  }

  /** Reads a length and returns where what it measures ends, which is at most `stop`. */
  end(stop: number): number {
    const length = this.uint32();
    if (length > stop - this.at)
      throw new Invalid('malformed', `length ${length} at byte ${this.at} exceeds its message`);
    return this.at + length;
  }

  /** A signed 64-bit varint as a number. @throws Invalid when it is beyond ±2^53 */
  int64(): number {
    const low = this.#group();
    if (low < MORE) return low;
    const middle = this.#group();
    if (middle < TWO_25) return middle * TWO_28 + (low & LOW_28);
    return joinInt64(middle < MORE ? 0 : this.#top(), middle & LOW_28, low & LOW_28);
  }

  /** Passes over the value of a field of any kind. */
  skip(tag: number, stop: number): void {
    switch (tag & 7) {
      case VARINT:
        this.#skipVarint();
        break;
      case FIXED64:
        this.at += 8;
        break;
      case LENGTH_DELIMITED:
        this.at = this.end(stop);
        break;
      case FIXED32:
        this.at += 4;
        break;
      default:
        throw new Invalid('malformed', `wire type ${tag & 7} at byte ${this.at}`);
    }
  }

  /** Checks that the message that ends at `stop` was read to its end and no further. */
  finish(stop: number): void {
    if (this.at !== stop) throw new Invalid('malformed', `a field runs past the end of its message at byte ${stop}`);
  }

  #longUint32(first: number): number {
    let value = first & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.byte();
    if (last > 0x0f) throw new Invalid('malformed', `more than 32 bits at byte ${this.at - 1}`);
    return value + last * TWO_28;
  }

  /** Up to four bytes of a varint, 28 bits; with {@link MORE} when it goes on. */
  #group(): number {
    let bits = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      bits |= (byte & 0x7f) << shift;
      if (byte < 0x80) return bits;
    }
    return bits | MORE;
  }

  /** The ninth and tenth byte of a varint: bits 56 to 63. */
  #top(): number {
    const ninth = this.byte();
    if (ninth < 0x80) return ninth;
    const tenth = this.byte();
    if (tenth > 1) throw new Invalid('malformed', `a varint of more than 64 bits at byte ${this.at - 1}`);
    return (ninth & 0x7f) | (tenth << 7);
  }

  #skipVarint(): void {
    for (let i = 0; i < 10; i++) {
      if (this.byte() < 0x80) return;
    }
    throw new Invalid('malformed', `a varint of more than ten bytes at byte ${this.at - 1}`);
  }
}

/** Joins the 8, 28 and 28 bits of a 64-bit two's complement. */
function joinInt64(high: number, middle: number, low: number): number {
  const value = high < 0x80 ? middle * TWO_28 + low : -((~middle & LOW_28) * TWO_28 + (~low & LOW_28) + 1);
  if ((high !== 0 && high !== 0xff) || !Number.isSafeInteger(value)) {
    throw new Invalid('invalid-timestamp', 'a timestamp is beyond 2^53 ms');
  }
  return value;
}
