import { describe, expect, test } from '@jest/globals';

import { changedKeys, Secret } from '../src/index.ts';

describe('changed keys', () => {
  test('are named by their path, keys that came or went among them', () => {
    const before = { log: { level: 'info' }, dedup: { timeout: 1, old: true } };
    const after = { log: { level: 'info' }, dedup: { timeout: 2, fresh: true } };
    expect(changedKeys(before, after)).toEqual(['dedup.timeout', 'dedup.old', 'dedup.fresh']);
    expect(changedKeys(before, before)).toEqual([]);
  });

  test('secrets are compared by what they hide, in lists too', () => {
    const of = (url: string, password: string) => ({
      targets: [{ url: new Secret(url) }],
      password: new Secret(password),
    });
    expect(changedKeys(of('a', 'p'), of('a', 'p'))).toEqual([]);
    expect(changedKeys(of('a', 'p'), of('b', 'q'))).toEqual(['targets', 'password']);
  });
});
