import { describe, expect, test } from '@jest/globals';
import { LogError } from '@tandem/stream';
import { NO_LOGGER } from '@tandem/telemetry';

import { outlast } from '../src/outlast.ts';

function failing(error: Error, times: number) {
  let left = times;
  return () => (left-- > 0 ? Promise.reject(error) : Promise.resolve('done'));
}

function options() {
  const pauses: number[] = [];
  const clock = {
    now: () => 0,
    schedule: (run: () => void, delayMs: number) => {
      pauses.push(delayMs);
      queueMicrotask(run);
      return () => undefined;
    },
  };
  return { pauses, clock, logger: NO_LOGGER, signal: new AbortController().signal };
}

describe('an outage of the log', () => {
  const away = new LogError('unavailable', 'cannot reach the log');

  test('is waited out, with pauses that grow up to 5 s', async () => {
    const { pauses, ...more } = options();
    await expect(outlast(failing(away, 8), more)).resolves.toBe('done');
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  test('is waited for until the signal', async () => {
    const stop = new AbortController();
    const clock = { now: () => 0, schedule: () => () => undefined };
    const waiting = outlast(failing(away, Infinity), { ...options(), clock, signal: stop.signal });
    stop.abort(new Error('not wanted any more'));
    await expect(waiting).rejects.toThrow('not wanted any more');
  });

  test('is something else than what waiting does not cure', async () => {
    const { pauses, ...more } = options();
    await expect(outlast(failing(new LogError('misconfigured', 'no'), 1), more)).rejects.toThrow('no');
    expect(pauses).toEqual([]);
  });
});
