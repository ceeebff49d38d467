import { describe, expect, test } from '@jest/globals';

import { passedByTracker, TRACKER_DEFAULTS } from '../src/compare/ha-tracker.ts';
import { type RecordedRequest } from '../src/record/recording.ts';

const request = (replica: string, seconds: number): RecordedRequest => ({
  replica,
  arrivedAtMs: seconds * 1000,
  series: [0],
  timestampsMs: [seconds * 1000],
  values: [1],
});

/** Requests of a replica each five seconds. */
const each = (replica: string, from: number, to: number): readonly RecordedRequest[] =>
  Array.from({ length: Math.floor((to - from) / 5) + 1 }, (_, at) => request(replica, from + 5 * at));

const passed = (requests: readonly RecordedRequest[]): readonly string[] =>
  passedByTracker(requests, TRACKER_DEFAULTS).map(({ replica, arrivedAtMs }) => `${replica}${arrivedAtMs / 1000}`);

describe("the HA tracker's rules", () => {
  test('pass the replica that came first, and nothing of the other one', () => {
    expect(passed([...each('a', 0, 60), ...each('b', 1, 61)])).toEqual(
      each('a', 0, 60).map((r) => `a${r.arrivedAtMs / 1000}`),
    );
  });

  test('elect the other one at the first background pass after the failover timeout, and drop what came before', () => {
    // Passes at 15, 30, 45, 60: at 45 the store still says 20.
    const requests = [...each('a', 0, 20), ...each('b', 1, 91)];
    expect(passed(requests)).toEqual([
      'a0',
      'a5',
      'a10',
      'a15',
      'a20',
      'b61',
      'b66',
      'b71',
      'b76',
      'b81',
      'b86',
      'b91',
    ]);
  });

  test('do not go back to the first one when it returns', () => {
    const requests = [...each('a', 0, 20), ...each('b', 1, 121), ...each('a', 100, 120)];
    expect(passed(requests).filter((name) => name.startsWith('a'))).toEqual(['a0', 'a5', 'a10', 'a15', 'a20']);
  });

  test('elect nobody when nobody is heard', () => {
    expect(passed([request('a', 0), request('b', 1), request('a', 300)])).toEqual(['a0', 'a300']);
    expect(passed([])).toEqual([]);
  });
});
