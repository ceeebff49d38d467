import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { FILL_TERM_MS, FillPlan, TargetWatch, type FillOccasion, type FillStep } from '../src/index.ts';

const T = 1_700_000_000_000;
const X = '00000000000000aa';
const Y = '00000000000000bb';

/** Seconds, replica, targets its record reports down. */
type Heard = readonly [at: number, replica: string, ...down: string[]];

/** Shows a plan records one after the other; the steps it takes at those of the elected replica, a. */
function stepsOf(plan: FillPlan, records: readonly Heard[], more: Partial<FillOccasion> = {}): readonly FillStep[] {
  return records.flatMap(([at, replica, ...downTargets], offset) => {
    const timestampMs = T + at * 1000;
    plan.heard({ replica, timestampMs, maxTimestampMs: timestampMs, downTargets });
    if (replica !== 'a') return [];
    const reportsDown = downTargets.length > 0;
    const step = plan.decide({ offset, timestampMs, epoch: 1, elected: 'a', reportsDown, mayFill: true, ...more });
    return step === undefined ? [] : [step];
  });
}

const kinds = (steps: readonly FillStep[]): readonly string[] =>
  steps.map(({ kind, standby, targets }) => [kind, standby, ...targets].join(' '));

/** Both heard, then a reports X down every 15 s. */
const LOSES_X: readonly Heard[] = [
  [0, 'b'],
  [1, 'a'],
  [16, 'a', X],
];

describe('the plan of a cluster', () => {
  test('a target that is down for the elected replica alone opens a fill, at that record', () => {
    expect(stepsOf(new FillPlan(), LOSES_X)).toEqual([
      { kind: 'open', offset: 2, atMs: T + 16_000, epoch: 1, elected: 'a', standby: 'b', targets: [X] },
    ]);
  });

  test.each<[string, readonly Heard[], Partial<FillOccasion>]>([
    ['fills are off, or a seam is open', LOSES_X, { mayFill: false }],
    ['nobody else was heard', [[1, 'a', X]], {}],
    ['the other one was not heard lately', [[0, 'b'], [130, 'a', X]], {}], // prettier-ignore
    ['it is down for the other one too', [[0, 'b', X], [1, 'a', X]], {}], // prettier-ignore
  ])('nothing opens while %s', (_, records, more) => {
    expect(stepsOf(new FillPlan(), records, more)).toEqual([]);
  });

  test('the record that closes a fill may open the next one with what else it reports', () => {
    const records: readonly Heard[] = [...LOSES_X, [31, 'a', X], [46, 'b'], [71, 'b'], [72, 'a', Y]];
    expect(kinds(stepsOf(new FillPlan(), records))).toEqual([`open b ${X}`, `open b ${Y}`]);
  });

  test('D9, sticky: the first standby without it, whoever else has it later', () => {
    const records: readonly Heard[] = [
      [0, 'b', X],
      [1, 'c'],
      [2, 'd'],
      [3, 'a', X],
      [17, 'd'],
      [18, 'a', X, Y],
    ];
    expect(kinds(stepsOf(new FillPlan(), records))).toEqual([`open c ${X}`, `extend c ${Y}`]);
  });

  test('P12: of two standbys the first one by name, whoever was heard first', () => {
    for (const [first, second] of [
      ['b', 'c'],
      ['c', 'b'],
    ] as const) {
      // prettier-ignore
      expect(kinds(stepsOf(new FillPlan(), [[0, first], [0, second], [1, 'a', X]]))).toEqual([`open b ${X}`]); // prettier-ignore
    }
  });

  test('a standby that reported it wakes the fill two intervals and the skew after its last report', () => {
    const down = [0, 15, 30].flatMap((at): Heard[] => [
      [at, 'b', X],
      [at + 1, 'a', X],
    ]);
    const later = [45, 60, 75].flatMap((at): Heard[] => [
      [at, 'b'],
      [at + 1, 'a', X],
    ]);
    const steps = stepsOf(new FillPlan(), [...down, ...later]);
    // 30 s, two intervals of 15 s, the skew of 10 s: at 75 s the standby is past that.
    expect(steps.map(({ kind, atMs }) => [kind, (atMs - T) / 1000])).toEqual([['open', 76]]);
  });

  test.each<[string, readonly Heard[], Partial<FillOccasion>]>([
    ['the elected replica has it again', [[31, 'a', X], [46, 'b'], [72, 'a']], {}], // prettier-ignore
    ['the standby lost it too', [[31, 'b', X], [32, 'a', X]], {}], // prettier-ignore
    ['the standby is silent', [[135, 'a', X]], {}],
  ])('it closes when %s', (_, records, more) => {
    expect(kinds(stepsOf(new FillPlan(), [...LOSES_X, ...records], more))).toEqual([`open b ${X}`, 'close b']);
  });

  test('it closes when fills are switched off, and ends with the epoch', () => {
    const plan = new FillPlan();
    stepsOf(plan, LOSES_X);
    expect(kinds(stepsOf(plan, [[17, 'a', X]], { mayFill: false }))).toEqual(['close b']);
    stepsOf(plan, [[18, 'a', X]]);
    expect(plan.open).toBeDefined();
    plan.ended();
    expect(plan.open).toBeUndefined();
  });

  test('a term ends after five minutes, and the next one begins with what is down then', () => {
    const records: Heard[] = [...LOSES_X];
    for (let at = 31; at <= 331; at += 15) records.push([at - 1, 'b'], [at, 'a', X]);
    const steps = stepsOf(new FillPlan(), records);
    expect(kinds(steps)).toEqual([`open b ${X}`, `open b ${X}`]);
    expect((steps[1]?.atMs ?? 0) - (steps[0]?.atMs ?? 0)).toBe(FILL_TERM_MS);
  });

  test('D8: however targets fall, looking back is affordable four times at once and then once in 30 s', () => {
    const records: Heard[] = [[0, 'b']];
    for (let at = 1; at <= 61; at++) records.push([at, 'a', at.toString(16).padStart(16, '0')]);
    const steps = stepsOf(new FillPlan(), records);
    expect(steps.map(({ atMs }) => (atMs - T) / 1000)).toEqual([1, 2, 3, 4, 31, 61]);
    expect(steps.at(-1)?.targets).toHaveLength(30);
  });

  test('D6: a plan that was written down and read again decides as the one that was not', () => {
    const heard = fc.tuple(
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('a', 'a', 'b', 'c'),
      fc.subarray([X, Y, '00000000000000cc']),
    );
    fc.assert(
      fc.property(fc.array(heard, { maxLength: 60 }), fc.nat(60), (entries, cut) => {
        let at = 0;
        const records = entries.map(([pause, replica, down]): Heard => [(at += pause), replica, ...down]);
        const whole = new FillPlan();
        const steps = [...stepsOf(whole, records.slice(0, cut))];
        const open = steps.slice(
          Math.max(
            0,
            steps.findLastIndex(({ kind }) => kind === 'open'),
          ),
        );
        const state = JSON.parse(JSON.stringify(whole.snapshot())) as ReturnType<FillPlan['snapshot']>;
        const again = new FillPlan(state, open);
        expect(stepsOf(again, records.slice(cut))).toEqual(stepsOf(whole, records.slice(cut)));
        expect(again.snapshot()).toEqual(whole.snapshot());
      }),
    );
  });
});

describe('the watch over targets', () => {
  test('D9: reports beyond the bound are passed over, and said', () => {
    const watch = new TargetWatch();
    const downTargets = Array.from({ length: 600 }, (_, i) => i.toString(16).padStart(16, '0'));
    expect(watch.heard({ replica: 'a', timestampMs: T, maxTimestampMs: T, downTargets })).toBe(88);
    expect(watch.size).toBe(512);
  });

  test('D9: of more than 16 replicas the one heard longest ago is forgotten, with its reports', () => {
    const watch = new TargetWatch();
    for (let i = 0; i <= 16; i++) {
      const timestampMs = T + i;
      watch.heard({ replica: `r${i}`, timestampMs, maxTimestampMs: timestampMs, downTargets: [X] });
    }
    expect(watch.snapshot().map(({ replica }) => replica)).toEqual(Array.from({ length: 16 }, (_, i) => `r${i + 1}`));
    expect(watch.size).toBe(16);
  });

  test('a record without samples says that its replica is there, and nothing of targets', () => {
    const watch = new TargetWatch();
    watch.heard({ replica: 'b', timestampMs: T, downTargets: [] });
    expect(watch.isHeard('b', T)).toBe(false);
  });
});
