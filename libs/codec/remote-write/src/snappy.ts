import { compressSync, uncompressSync } from 'snappy';
import { failure, type Failure } from './problem.ts';

/** An inflated block, or why it cannot be. */
export type DecompressResult = { readonly ok: true; readonly data: Uint8Array } | Failure;

/** The largest factor by which a block grows: three bytes can stand for a copy of 64. */
const MAX_EXPANSION = 22;

/**
 * Results are memory of V8's own. Without this they are memory outside of its heap that is given back from the event
 * loop only: in a loop that does not return to it they pile up to gigabytes, and everything is ten times slower.
 */
const IN_HEAP = { copyOutputData: true };

/** How the stream format of snappy begins: `ff 06 00 00 sNaPpY`. */
const STREAM_IDENTIFIER = Uint8Array.of(0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59);

/** The decoded length a block declares: a varint of at most 32 bits at its beginning; `undefined` without one. */
export function declaredLength(block: Uint8Array): number | undefined {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = block[i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value < 2 ** 32 ? value : undefined;
  }
  return undefined;
}

/** What can be said of a block from its beginning and its size alone, before anything is allocated for it. */
export function checkBlock(
  block: Uint8Array,
  maxBytes: number,
): Failure | { readonly ok: true; readonly length: number } {
  if (isStream(block))
    return failure('framed-snappy', 'the body is in the stream format of snappy, not the block format');
  const length = declaredLength(block);
  if (length === undefined)
    return failure('corrupt-snappy', 'the body does not begin with the length of a snappy block');
  if (length > maxBytes) {
    return failure('too-large', `the body is declared to be ${length} bytes long, the limit is ${maxBytes}`);
  }
  if (length > block.length * MAX_EXPANSION) {
    return failure('corrupt-snappy', `the body declares ${length} bytes, more than its ${block.length} can stand for`);
  }
  return { ok: true, length };
}

/**
 * Inflates a block of snappy, natively. What it declares is checked against `maxBytes` first. The result belongs to the
 * caller, who may write to it.
 */
export function decompress(block: Uint8Array, maxBytes: number): DecompressResult {
  const checked = checkBlock(block, maxBytes);
  if (!checked.ok) return checked;
  try {
    const data = uncompressSync(block, IN_HEAP);
    if (typeof data === 'string' || data.length !== checked.length)
      return corrupt('its length is not the declared one');
    return { ok: true, data };
  } catch (error) {
    return corrupt(error instanceof Error ? error.message : String(error));
  }
}

/** Deflates to a block of snappy, natively. The result belongs to the caller. */
export function compress(data: Uint8Array): Uint8Array {
  return compressSync(data, IN_HEAP);
}

function corrupt(cause: string): Failure {
  return failure('corrupt-snappy', `cannot decode snappy: ${cause}`);
}

function isStream(block: Uint8Array): boolean {
  return STREAM_IDENTIFIER.every((byte, i) => block[i] === byte);
}
