import { describe, expect, test } from '@jest/globals';

import { SenderWatch, WATCH_WINDOW_MS } from '../src/index.ts';

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
      watch.heard({ replica, timestampMs, receivedAtMs: timestampMs, maxTimestampMs, samples: 100 });
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
    expect(verdicts(watch)).toEqual({ a: 'repeats', b: 'ok' });
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
