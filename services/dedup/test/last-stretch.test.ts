import { expect, test } from '@jest/globals';

import { judgeLastStretch } from '../src/seam/last-stretch.ts';
import { type ReplicaSlice } from '../src/seam/seam-reader.ts';

/** Slices of a MB, with none of the wanted records. */
async function* slices(count: number, read: () => void): AsyncGenerator<ReplicaSlice> {
  for (let i = 0; i < count; i++) {
    read();
    yield await Promise.resolve({ records: [], clockMs: 0, next: (i + 1) * 10, bytes: 1_048_576 });
  }
}

test.each([
  [3, 3, 100],
  [100, 4, 40],
])('of a last stretch of %d MB a step reads %d, and comes to offset %d', async (count, expected, reached) => {
  let reads = 0;
  const rest = slices(count, () => reads++);
  expect(await judgeLastStretch(rest, 100, () => Promise.resolve())).toBe(reached);
  expect(reads).toBe(expected);
});
