/** The wire types of protobuf that are in use; 3 and 4 (groups) are refused by the walk. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** Reads once more what a walk has checked: nothing here runs past the end of its message. */
export class Cursor {
  /** Offset of the next byte. */
  at = 0;
  readonly data: Uint8Array;
  readonly view: DataView;

  constructor(data: Uint8Array) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** A varint of at most 32 bits: a tag, a length or a reference. */
  uint32(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.data[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** A field's tag: number << 3 | wire type. */
  tag(): number {
    return this.uint32();
  }

  /** Reads a length and returns where what it measures ends. */
  end(): number {
    const length = this.uint32();
    return this.at + length;
  }

  /** Passes over the value of a field of any kind. */
  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        while ((this.data[this.at++] ?? 0) > 0x7f);
        break;
      case FIXED64:
        this.at += 8;
        break;
      case LENGTH_DELIMITED:
        this.at = this.end();
        break;
      default:
        this.at += 4;
    }
  }
}
