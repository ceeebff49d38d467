import { type ReadRecord, type ReplicaSlice } from './seam-reader.ts';

/** With no more offsets than this to go, the rest is read in one step, so that a lane meets the live position; */
export const LAST_STRETCH = 2000;
/** but no more than this of it at a time, bytes: the partition waits meanwhile. */
const LAST_BYTES = 4_194_304;

/**
 * Judges the last stretch before the live position, or as much of it as may be read in one step.
 *
 * @param until where it ends, an offset
 * @returns the offset everything below which was judged
 */
export async function judgeLastStretch(
  slices: AsyncIterable<ReplicaSlice>,
  until: number,
  judge: (records: readonly ReadRecord[]) => Promise<void>,
): Promise<number> {
  let readBytes = 0;
  for await (const { records, next, bytes } of slices) {
    await judge(records);
    readBytes += bytes;
    if (readBytes >= LAST_BYTES) return Math.min(next, until);
  }
  return until;
}
