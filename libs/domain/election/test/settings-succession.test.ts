import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { settingsOutcome, type SettingsStamp } from '../src/index.ts';

const stamp = fc.record({ readAtMs: fc.integer({ min: 0, max: 3 }), hash: fc.constantFrom('a', 'b', 'c') });

describe('settings that are offered', () => {
  test.each<[string, SettingsStamp, SettingsStamp, string]>([
    ['the same', { readAtMs: 1, hash: 'a' }, { readAtMs: 1, hash: 'a' }, 'unchanged'],
    ['the same, read earlier', { readAtMs: 2, hash: 'a' }, { readAtMs: 1, hash: 'a' }, 'unchanged'],
    ['the same, read again', { readAtMs: 1, hash: 'a' }, { readAtMs: 2, hash: 'a' }, 'renewed'],
    ['read later', { readAtMs: 1, hash: 'b' }, { readAtMs: 2, hash: 'a' }, 'applied'],
    ['read earlier', { readAtMs: 2, hash: 'a' }, { readAtMs: 1, hash: 'b' }, 'older'],
    ['read at the same time', { readAtMs: 1, hash: 'a' }, { readAtMs: 1, hash: 'b' }, 'applied'],
  ])('C3: %s', (_what, inForce, offered, outcome) => {
    expect(settingsOutcome(inForce, offered)).toBe(outcome);
  });

  test('C3: of two, one goes before the other, whichever comes first', () => {
    fc.assert(
      fc.property(stamp, stamp, (one, other) => {
        const outcomes = [settingsOutcome(one, other), settingsOutcome(other, one)].toSorted();
        const ofSame = [one.readAtMs === other.readAtMs ? 'unchanged' : 'renewed', 'unchanged'];
        expect(outcomes).toEqual(one.hash === other.hash ? ofSame : ['applied', 'older']);
      }),
    );
  });
});
