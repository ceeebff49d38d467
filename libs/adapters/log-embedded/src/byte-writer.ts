const FIRST_BYTES = 1024;
/** Most bytes a character of a text takes in UTF-8. */
const BYTES_PER_UNIT = 3;
/** Texts shorter than this are written here if they are ASCII: calling into the runtime costs more. */
const SHORT = 64;
const LONGEST_VARINT = 8;

/** Writes what has no known size yet, into room that is used again and again. */
export class ByteWriter {
  #room = Buffer.alloc(FIRST_BYTES);
  #at = 0;

  /** Begins with a byte, and zeros up to a size. */
  begin(first: number, size: number): void {
    this.#room.fill(0, 0, size);
    this.#room[0] = first;
    this.#at = size;
  }

  /** A number, seven bits a byte, the lowest first. */
  varint(value: number): void {
    const room = this.#reserve(LONGEST_VARINT);
    let left = value;
    for (; left >= 0x80; left = Math.floor(left / 128)) room[this.#at++] = (left % 128) | 0x80;
    room[this.#at++] = left;
  }

  /** Bytes, their length before them. */
  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.#reserve(bytes.length).set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A text as UTF-8, its length before it. */
  text(text: string): void {
    if (text.length < SHORT && this.#ascii(text)) return;
    this.varint(Buffer.byteLength(text));
    this.#at += this.#reserve(text.length * BYTES_PER_UNIT).write(text, this.#at);
  }

  /** What was written since the beginning. */
  copy(): Buffer {
    return Buffer.from(this.#room.subarray(0, this.#at));
  }

  #ascii(text: string): boolean {
    const { length } = text;
    const room = this.#reserve(1 + length);
    const from = this.#at + 1;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      room[from + i] = unit;
    }
    room[this.#at] = length;
    this.#at = from + length;
    return true;
  }

  #reserve(bytes: number): Buffer {
    if (this.#at + bytes > this.#room.length) {
      const room = Buffer.alloc(2 * (this.#at + bytes));
      room.set(this.#room.subarray(0, this.#at));
      this.#room = room;
    }
    return this.#room;
  }
}
