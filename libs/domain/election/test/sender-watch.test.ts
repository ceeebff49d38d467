import { describe, expect, test } from '@jest/globals';

import { SenderWatch, WATCH_WINDOW_MS, type Distances } from '../src/index.ts';

interface Habit {
  readonly replica: string;
  /** How late its samples are received, ms. */
  readonly delayMs?: number;
  /** Samples of a record that repeat others. */
  readonly repeats?: number;
}

/** A record of each sender every 15 s. */
function watched(
  seconds: { readonly from: number; readonly to: number },
  habits: readonly Habit[],
  watch = new SenderWatch(),
) {
  for (let at = seconds.from; at < seconds.to; at += 15) {
    for (const { replica, delayMs = 500, repeats = 0 } of habits) {
      const timestampMs = at * 1000;
      const maxTimestampMs = timestampMs - delayMs;
      watch.heard({ replica, timestampMs, receivedAtMs: timestampMs, maxTimestampMs, samples: 100, sizeBytes: at });
      watch.repeated(replica, repeats);
    }
  }
  return watch;
}

const verdicts = (watch: SenderWatch) =>
  Object.fromEntries(watch.reports().map((each) => [each.replica, each.verdict]));

describe('the watch of senders', () => {
  test('says nothing before it has watched for a window', () => {
    expect(watched({ from: 0, to: WATCH_WINDOW_MS / 1000 - 15 }, [{ replica: 'a' }]).reports()).toEqual([]);
  });

  test('a pair as it should be is ok', () => {
    const watch = watched({ from: 0, to: 400 }, [{ replica: 'a' }, { replica: 'b', delayMs: 4000 }]);
    expect(verdicts(watch)).toEqual({ a: 'ok', b: 'ok' });
  });

  test('one replica of a cluster is alone', () => {
    expect(verdicts(watched({ from: 0, to: 400 }, [{ replica: 'a' }]))).toEqual({ a: 'alone' });
  });

  test('a pair is alone when one has not been heard for two windows, and that one is not spoken of', () => {
    const watch = watched({ from: 0, to: 100 }, [{ replica: 'a' }, { replica: 'b' }]);
    watched({ from: 100, to: 1000 }, [{ replica: 'a' }], watch);
    expect(verdicts(watch)).toEqual({ a: 'alone' });
  });

  test('two senders of one name are seen by their repeats', () => {
    const watch = watched({ from: 0, to: 400 }, [
      { replica: 'a', repeats: 10 },
      { replica: 'b', repeats: 9 },
    ]);
    expect(verdicts(watch)).toEqual({ a: 'shared', b: 'ok' });
  });

  test('V2: requests that are sent again make nobody shared', () => {
    const watch = new SenderWatch();
    for (let at = 0; at < 400; at += 15) {
      const record = { replica: 'a', receivedAtMs: at * 1000, maxTimestampMs: at * 1000, samples: 100, sizeBytes: at };
      watch.heard({ ...record, timestampMs: at * 1000 });
      watch.heard({ ...record, timestampMs: at * 1000 + 5000 });
      watch.repeated('a', 100);
    }
    expect(verdicts(watch)).toEqual({ a: 'alone' });
  });

  test.each<[string, Distances, string]>([
    ['short and long by turns', [7000, 8000, 7000], 'shared'],
    ['one that is hardly off', [4000, 11_000, 4010], 'shared'],
    ['even', [15_000, 15_000, 15_000], 'alone'],
    ['even, stamped a few ms off', [15_002, 14_998, 15_001], 'alone'],
    ['half, as by two that happen to be half an interval apart', [7500, 7500, 7500], 'alone'],
    ['a scrape missed', [15_000, 30_000, 15_000], 'alone'],
    ['two scrapes missed', [45_000, 15_000, 45_000], 'alone'],
    ['of all kinds, as of samples with times of their own', [7000, 8000, 3000], 'alone'],
  ])('V2: distances of samples tell two beats: %s', (_what, distances, verdict) => {
    const watch = new SenderWatch();
    for (let at = 0; at < 400; at += 15) {
      const timestampMs = at * 1000;
      watch.heard({
        replica: 'a',
        timestampMs,
        receivedAtMs: timestampMs,
        maxTimestampMs: timestampMs,
        samples: 10,
        sizeBytes: at,
      });
      if (watch.isLookDue('a', timestampMs))
        watch.looked(
          'a',
          timestampMs,
          Array.from({ length: 10 }, () => distances),
        );
    }
    expect(verdicts(watch)).toEqual({ a: verdict });
  });

  test('V2: a look that finds uneven distances once tells nothing, nor one of too few series', () => {
    const watch = new SenderWatch();
    const uneven: Distances = [7000, 8000, 7000];
    const even: Distances = [15_000, 15_000, 15_000];
    for (let at = 0; at < 400; at += 15) {
      const timestampMs = at * 1000;
      watch.heard({
        replica: 'a',
        timestampMs,
        receivedAtMs: timestampMs,
        maxTimestampMs: timestampMs,
        samples: 10,
        sizeBytes: at,
      });
      watch.looked(
        'a',
        timestampMs,
        Array.from({ length: 10 }, () => (at === 60 ? uneven : even)),
      );
      watch.looked('a', timestampMs, [uneven, uneven, uneven]);
    }
    expect(verdicts(watch)).toEqual({ a: 'alone' });
  });

  test('a clock that is ahead is named with how far', () => {
    const watch = watched({ from: 0, to: 400 }, [
      { replica: 'a', delayMs: 1000 },
      { replica: 'b', delayMs: -19_000 },
    ]);
    expect(watch.reports()).toEqual([
      { replica: 'a', verdict: 'ok', aheadMs: 0 },
      { replica: 'b', verdict: 'clock-ahead', aheadMs: 20_000 },
    ]);
  });

  test('one that is alone and ahead of the log is ahead', () => {
    expect(verdicts(watched({ from: 0, to: 400 }, [{ replica: 'a', delayMs: -6000 }]))).toEqual({ a: 'clock-ahead' });
  });

  test('after a long silence it begins anew', () => {
    const watch = watched({ from: 0, to: 400 }, [{ replica: 'a' }]);
    watched({ from: 10_000, to: 10_100 }, [{ replica: 'a' }], watch);
    expect(watch.reports()).toEqual([]);
  });

  test('more replicas than are worth watching are passed over', () => {
    const habits = Array.from({ length: 40 }, (_, i) => ({ replica: `r${i}` }));
    expect(watched({ from: 0, to: 400 }, habits).reports()).toHaveLength(16);
  });
});
