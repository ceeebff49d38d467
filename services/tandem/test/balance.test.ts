import { describe, expect, it } from '@jest/globals';

import { Balance } from '../src/demo/balance.ts';

/** a scrapes at 0, 10, 20 …, b at 5, 15, 25 …; both acknowledged. */
function balance(delivered: { readonly a: readonly number[]; readonly b: readonly number[] }): Balance {
  const found = new Balance();
  for (let time = 0; time < 100; time += 10) {
    found.acknowledged('a', 's', time);
    found.acknowledged('b', 's', time + 5);
  }
  for (const time of [...delivered.a, ...delivered.b]) found.delivered('s', time);
  return found;
}

describe('the balance of a demonstration', () => {
  it('counts what was acknowledged and what of it was delivered', () => {
    expect(balance({ a: [0, 10, 20], b: [] }).of('a')).toEqual({
      replica: 'a',
      acknowledged: 10,
      delivered: 3,
      lost: 0,
    });
  });

  it('calls a sample lost that is missing between two that were delivered', () => {
    expect(balance({ a: [0, 20, 30, 50], b: [] }).of('a').lost).toBe(2);
  });

  it('measures the seam: its spacing, and the scrapes made before the other one could be elected', () => {
    expect(balance({ a: [0, 10], b: [45, 55] }).seam('a', 'b', 40)).toEqual({ spacingMs: 35, readAgain: 1 });
  });

  it('finds no seam where only one replica was delivered', () => {
    expect(balance({ a: [0, 10], b: [] }).seam('a', 'b', 40)).toEqual({ spacingMs: 0, readAgain: 0 });
  });
});
