/** Texts kept; a power of two. */
const SLOTS = 1024;
/** Longer texts are not kept, bytes. */
const LONGEST = 64;

/**
 * Reads short texts out of bytes. Those of headers and keys come again and again: of ASCII the newest of each slot is kept,
 * and compared byte by byte, which costs less than making the text anew and leaves no garbage. Bounded: 64 KiB of text.
 */
export class TextCache {
  readonly #texts: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);

  /** The text of some bytes when all of them are ASCII and not many; otherwise `undefined`: decode it yourself. */
  ascii(bytes: Uint8Array, from: number, to: number): string | undefined {
    const length = to - from;
    if (length > LONGEST) return undefined;
    let hash = length;
    let all = 0;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0;
      all |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (all >= 0x80) return undefined;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const kept = this.#texts[slot];
    if (kept !== undefined && isText(kept, bytes, from, to)) return kept;
    const text = textOf(bytes, from, to);
    this.#texts[slot] = text;
    return text;
  }
}

function isText(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let at = from; at < to; at++) if (text.charCodeAt(at - from) !== bytes[at]) return false;
  return true;
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  if (Buffer.isBuffer(bytes)) return bytes.toString('latin1', from, to);
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
