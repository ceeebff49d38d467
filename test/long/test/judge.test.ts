import { describe, expect, test } from '@jest/globals';

import { figuresOf, type Measure } from '../src/judge/figures.ts';
import { type Case, judge } from '../src/judge/judge.ts';
import { type Copy, copyOf, type Point } from '../src/record/copy.ts';

const KEY = JSON.stringify({ __name__: 'load_steady_total', cluster: 'c' });
const RESETTING = JSON.stringify({ __name__: 'load_resetting_total', cluster: 'c' });
const CLOCK = JSON.stringify({ __name__: 'load_clock_seconds', cluster: 'c' });

const measure: Measure = {
  intervalMs: 1000,
  toleranceMs: 100,
  fromMs: 0,
  toMs: 20_000,
  resetsWithin: (from, to) => from <= 10_000 && to >= 10_000,
};

const points = (fromMs: number, toMs: number): readonly Point[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / 1000) + 1 }, (_, at) => {
    const timestampMs = fromMs + 1000 * at;
    return { timestampMs, value: timestampMs };
  });
const only = (list: readonly Point[], key = KEY): Copy => new Map([[key, list]]);

const A = points(0, 20_000);
const B = points(400, 20_000);
/** Replica a up to a stamp, replica b from another one on. */
const seam = (lastOfA: number, firstOfB: number): readonly Point[] => [
  ...A.filter(({ timestampMs }) => timestampMs <= lastOfA),
  ...B.filter(({ timestampMs }) => timestampMs >= firstOfB),
];

function findings(stored: readonly Point[], change: Partial<Case> = {}): readonly string[] {
  const nothing = { markers: new Map(), sentMarkers: new Map() };
  const given = { stored: only(stored), ...nothing, replicas: [only(A), only(B)], measure, offsetMs: 0 };
  return judge({ ...given, wasServed: () => true, ...change });
}

describe('what is judged of the store', () => {
  test('one replica, or a seam of up to one and a half intervals, is well', () => {
    expect(findings(A)).toEqual([]);
    expect(findings(seam(8000, 9400))).toEqual([]);
  });

  test.each<[what: string, stored: readonly Point[], says: RegExp]>([
    ['a hole at a seam', seam(8000, 11_400), /^a hole: .* from 8000 to 11400 \(3400 ms\)/],
    ['two samples within half an interval', seam(8000, 8400), /^two samples within half an interval: .* 8000 to 8400/],
    [
      'a scrape the replica itself has',
      A.filter(({ timestampMs }) => timestampMs !== 5000),
      /^a scrape of the replica/,
    ],
    ['a sample nobody sent', [...A.slice(0, -1), { timestampMs: 20_000, value: 1e9 }], /^a sample nobody sent/],
    ['an end that is missing', A.slice(0, 10), /^nothing at the end/],
    ['a beginning that is missing', A.slice(10), /^nothing at the beginning/],
    ['nothing at all', [], /^no sample at all/],
  ])('%s is found', (_what, stored, says) => {
    expect(findings(stored).join('\n')).toMatch(new RegExp(says.source, 'm'));
  });

  test('a sample that is stored twice is found', () => {
    expect(findings(A.flatMap((point) => [point, point])).join()).toContain('a sample stored twice');
  });

  test('a stale marker is found, but where a replica sent it', () => {
    const markers = new Map([[KEY, [5000]]]);
    expect(findings(A, { markers, sentMarkers: new Map([[KEY, new Set([5000])]]) })).toEqual([]);
    expect(findings(A, { markers: new Map([[KEY, [5000]]]) })).toEqual([
      'a stale marker: 1 times, first load_steady_total at 5000',
    ]);
  });

  test('a hole that every replica has is nobody’s', () => {
    const gone = A.filter(({ timestampMs }) => timestampMs < 5000 || timestampMs > 8000);
    expect(findings(gone, { replicas: [only(gone)] })).toEqual([]);
    expect(findings(gone, { replicas: [only(gone), only(B)] }).join()).toContain('a hole');
  });

  test('where clocks differ a seam may be wider by that', () => {
    expect(findings(seam(8000, 11_400), { offsetMs: -3000 })).toEqual([]);
    expect(findings(seam(8000, 13_400), { offsetMs: -3000 }).join()).toContain('a hole');
  });

  test('a counter that falls is found, but where the target’s did', () => {
    const fallen = (atMs: number) => A.map((point) => ({ ...point, value: point.timestampMs < atMs ? 1e6 : 1 }));
    const falls = (key: string, atMs: number) =>
      findings([], { stored: only(fallen(atMs), key), replicas: [only(fallen(atMs), key)] }).join();
    expect(falls(KEY, 10_000)).toContain('a counter falls');
    expect(falls(RESETTING, 10_000)).toBe('');
    expect(falls(RESETTING, 15_000)).toContain('a counter falls');
  });

  test('a clock the target never showed is found', () => {
    const given = {
      stored: only(A, CLOCK),
      replicas: [only(A, CLOCK)],
      wasServed: (seconds: number) => seconds < 5000,
    };
    expect(findings([], given).join()).toContain('never served');
  });
});

describe('figures of a copy', () => {
  test('count intervals without a sample, samples too many and false resets', () => {
    expect(figuresOf(only(A), measure)).toEqual({
      intervalsMissing: 0,
      widestMs: 1000,
      samplesTwice: 0,
      countersFallen: 0,
      samples: 21,
    });
    expect(figuresOf(only(seam(8000, 11_400)), measure)).toMatchObject({ intervalsMissing: 2, widestMs: 3400 });
    expect(figuresOf(only(seam(8000, 8400)), measure)).toMatchObject({ samplesTwice: 1, intervalsMissing: 0 });
    expect(figuresOf(only(A.slice(0, 11)), measure)).toMatchObject({ intervalsMissing: 9 });
    expect(figuresOf(only(A.map((p, i) => ({ ...p, value: i % 2 }))), measure)).toMatchObject({ countersFallen: 1 });
  });
});

describe('the copy of some requests', () => {
  const series = [
    { key: KEY, labels: { __name__: 'load_steady_total' } },
    { key: 'up', labels: { __name__: 'up' } },
  ];

  test('has each stamp once, in order, without stale markers and without what is not the target’s', () => {
    const request = { replica: 'a', arrivedAtMs: 0, series: [0, 0, 0, 1], values: [2, 1, NaN, 1] };
    const requests = [
      { ...request, timestampsMs: [2000, 1000, 3000, 1000] },
      { ...request, timestampsMs: [2000, 1000, 3000, 1000], values: [9, 9, 9, 9] },
    ];
    expect(copyOf({ series }, requests.slice(0, 1))).toEqual(
      only([
        { timestampMs: 1000, value: 1 },
        { timestampMs: 2000, value: 2 },
      ]),
    );
    expect(
      copyOf({ series }, requests)
        .get(KEY)
        ?.map(({ value }) => value),
    ).toEqual([1, 2, 9]);
  });
});
