import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { EVALUATION_INTERVAL_MS, ScrapeSteps, type SteppingRecord } from '../src/index.ts';

const T = 1_700_000_000_000;

/** A record with the scrapes of some seconds, as soon as the last of them is done. */
function sent(replica: string, fromS: number, untilS = fromS): SteppingRecord {
  return {
    replica,
    timestampMs: T + untilS * 1000,
    minTimestampMs: T + fromS * 1000,
    maxTimestampMs: T + untilS * 1000,
  };
}

/** Has a replica send every 5 s from one time to another. */
function steady(steps: ScrapeSteps, replica: string, fromS: number, untilS: number): void {
  for (let at = fromS; at < untilS; at += 5) steps.heard(sent(replica, at));
}

describe('steps of samples', () => {
  test('show a hole from one and a half usual ones on, and nothing before enough were seen', () => {
    for (const [untilS, nextS, isHole] of [
      [200, 202, false],
      [200, 203, true],
      [60, 70, false],
    ] as const) {
      // prettier-ignore
      const steps = new ScrapeSteps();
      steady(steps, 'a', 0, untilS);
      expect(steps.heard(sent('a', nextS))).toBe(isHole);
    }
  });

  test('are of samples, not of records: what is late is no hole, nor what is sent again', () => {
    const steps = new ScrapeSteps();
    steady(steps, 'a', 0, 200);
    expect(steps.heard({ ...sent('a', 200, 230), timestampMs: T + 260_000 })).toBe(false);
    expect(steps.heard({ ...sent('a', 200, 230), timestampMs: T + 290_000 })).toBe(false);
    expect(steps.heard({ replica: 'a', timestampMs: T + 291_000 })).toBe(false);
  });

  test('tell whether another replica was heard since', () => {
    const steps = new ScrapeSteps();
    steps.heard(sent('a', 10));
    expect(steps.isAnotherHeard('a', T)).toBe(false);
    steps.heard(sent('b', 8));
    expect(steps.isAnotherHeard('a', T + 8000)).toBe(true);
    expect(steps.isAnotherHeard('a', T + 8001)).toBe(false);
    expect([steps.heardAtMs('b'), steps.heardAtMs('c')]).toEqual([T + 8000, -Infinity]);
  });

  test('are of sixteen replicas: the one heard longest ago goes', () => {
    const steps = new ScrapeSteps();
    for (let i = 0; i < 17; i++) steps.heard(sent(`r${i}`, i));
    expect(steps.snapshot()).toHaveLength(16);
    expect(steps.heardAtMs('r0')).toBe(-Infinity);
  });

  test('say the same when they are taken up by another instance (P13)', () => {
    const record = fc.record({ replica: fc.constantFrom('a', 'b', 'c'), gapMs: fc.nat(2 * EVALUATION_INTERVAL_MS) });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 80 }), fc.nat(80), (records, at) => {
        let now = T;
        const all = records.map(({ replica, gapMs }) => {
          now += gapMs;
          return { replica, timestampMs: now, minTimestampMs: now - 1000, maxTimestampMs: now };
        });
        const whole = new ScrapeSteps();
        const expected = all.map((each) => whole.heard(each));
        const first = new ScrapeSteps();
        const before = all.slice(0, at).map((each) => first.heard(each));
        const second = ScrapeSteps.restore(first.snapshot());
        expect([...before, ...all.slice(at).map((each) => second.heard(each))]).toEqual(expected);
        expect(second.snapshot()).toEqual(whole.snapshot());
      }),
    );
  });
});
