import { expect, test } from '@jest/globals';
import { VirtualClock } from '../src/clock.ts';

test('a virtual clock runs what is due, in the order of time, each at its time', () => {
  const clock = new VirtualClock(1000);
  const seen: [string, number][] = [];
  const note = (name: string) => () => void seen.push([name, clock.now()]);
  clock.schedule(note('late'), 50);
  clock.schedule(() => {
    note('early')();
    clock.schedule(note('chained'), 10);
  }, 20);
  clock.schedule(note('cancelled'), 30)();
  clock.advance(40);
  expect([seen, clock.now(), clock.pending]).toEqual([
    [
      ['early', 1020],
      ['chained', 1030],
    ],
    1040,
    1,
  ]);
  clock.advance(10);
  expect(seen.at(-1)).toEqual(['late', 1050]);
});
