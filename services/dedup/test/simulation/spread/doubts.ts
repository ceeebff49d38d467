import { type Entry } from '../records.ts';
import { type ReignView } from '../seam-view.ts';

/** How long what is behind a hole waits for an election (SPEC "Spread clusters", P15). */
const DOUBT_MS = 5000;
/** Steps below this are no holes. */
const LEAST_HOLE_MS = 1500;

/**
 * From where the records of a shard's replica have waited until another one was elected, or the log ended: they are behind a
 * hole in its samples, and nothing of them came out.
 *
 * @param entries the shard's records, in their order
 * @returns an offset; `Infinity`: none waited
 */
export function heldFromOffset({ reign, outs, lastMs }: ReignView, entries: readonly Entry[]): number {
  const lastOut = Math.max(-Infinity, ...outs.map(({ sourceOffset }) => sourceOffset));
  let highMs = Infinity;
  for (const { replica, offset, atMs, samples } of entries) {
    if (replica.name !== reign.replica || offset >= reign.untilOffset) continue;
    const stepMs = Math.min(...samples.map(({ stampMs }) => stampMs)) - highMs;
    highMs = Math.max(highMs === Infinity ? -Infinity : highMs, ...samples.map(({ stampMs }) => stampMs));
    const isLast = offset > lastOut && offset >= reign.offset && lastMs - atMs < DOUBT_MS;
    if (isLast && stepMs >= LEAST_HOLE_MS) return offset;
  }
  return Infinity;
}
