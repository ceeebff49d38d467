import { describe, expect, it } from '@jest/globals';
import { backoffMs } from '../src/index.ts';

describe('the back-off', () => {
  it('begins with 30 ms and doubles to 5 s', () => {
    const waits = Array.from({ length: 10 }, (_, i) => backoffMs(i + 1));
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3840, 5000, 5000]);
  });

  it('stays at 5 s however long an outage lasts', () => {
    expect(backoffMs(100_000)).toBe(5000);
  });
});
