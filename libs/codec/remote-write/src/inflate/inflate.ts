import { type Failure } from '../problem.ts';
import { checkBlock, decompress } from '../snappy.ts';
import { Machine } from '../wire/machine.ts';
import { lendInflated } from '../wire/machines.ts';

/** What became of inflated bytes, or why there are none. */
export type InflateResult<T> = { readonly ok: true; readonly value: T } | Failure;

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
  const lent = Machine.fits(block, checked.length) ? lendInflated(block, checked.length, use) : undefined;
  return lent === undefined ? useOwn(block, maxBytes, use) : { ok: true, value: lent.value };
}

/** What is too large for memory that is kept, and what is corrupt, to say how. */
function useOwn<T>(block: Uint8Array, maxBytes: number, use: (data: Uint8Array) => T): InflateResult<T> {
  const inflated = decompress(block, maxBytes);
  return inflated.ok ? { ok: true, value: use(inflated.data) } : inflated;
}
