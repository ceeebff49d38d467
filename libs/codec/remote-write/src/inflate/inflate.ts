import { type Failure } from '../problem.ts';
import { checkBlock, decompress } from '../snappy.ts';
import { Inflater } from './inflater.ts';

/** What became of inflated bytes, or why there are none. */
export type InflateResult<T> = { readonly ok: true; readonly value: T } | Failure;

let shared: Inflater | undefined;
/** Whether somebody is using its bytes. */
let lent = false;

/**
 * Inflates a block of snappy for the time of a call: cheaper than {@link decompress}, because nothing is allocated for
 * it. What it declares is checked against `maxBytes` first.
 *
 * @param use is given the bytes, and may write to them. They are gone when it returns: what is kept of them has to be
 *   copied, and it must not be asynchronous.
 */
export function inflate<T>(block: Uint8Array, maxBytes: number, use: (data: Uint8Array) => T): InflateResult<T> {
  const checked = checkBlock(block, maxBytes);
  if (!checked.ok) return checked;
  shared ??= new Inflater();
  const data = !lent && shared.fits(block, checked.length) ? shared.inflate(block, checked.length) : undefined;
  return data === undefined ? useOwn(block, maxBytes, use) : useLent(data, use);
}

function useLent<T>(data: Uint8Array, use: (data: Uint8Array) => T): InflateResult<T> {
  lent = true;
  try {
    return { ok: true, value: use(data) };
  } finally {
    lent = false;
  }
}

/** What is too large for memory that is kept, what is inflated within a use, and what is corrupt, to say how. */
function useOwn<T>(block: Uint8Array, maxBytes: number, use: (data: Uint8Array) => T): InflateResult<T> {
  const inflated = decompress(block, maxBytes);
  return inflated.ok ? { ok: true, value: use(inflated.data) } : inflated;
}
