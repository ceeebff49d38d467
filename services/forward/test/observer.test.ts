import { describe, expect, it } from '@jest/globals';
import { type LogRecord } from '@tandem/stream';
import { createMetrics, NO_LOGGER, type Metrics } from '@tandem/telemetry';

import { FORWARD_METRICS } from '../src/metrics.ts';
import { PartitionObserver } from '../src/observer.ts';

const T0 = 1_700_000_000_000;
const RECORD: LogRecord = { offset: 7, timestampMs: T0, key: null, value: null, headers: {} };

interface Scene {
  readonly observer: PartitionObserver;
  readonly metrics: Metrics;
  nowMs: number;
}

function scene(): Scene {
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const made: Scene = {
    metrics,
    nowMs: T0,
    observer: new PartitionObserver(
      { target: 'vm', partition: 3 },
      metrics.instruments(FORWARD_METRICS),
      NO_LOGGER,
      () => made.nowMs,
    ),
  };
  return made;
}

async function lag({ observer, metrics }: Scene): Promise<readonly (number | undefined)[]> {
  observer.collect();
  const text = await metrics.render();
  const value = (name: string): number | undefined => {
    const found = new RegExp(`^${name}\\{target="vm",partition="3"\\} (.*)$`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return [value('tandem_forward_lag_records'), value('tandem_forward_lag_seconds')];
}

describe('the lag of a target', () => {
  it('grows while the target takes nothing', async () => {
    const at = scene();
    at.observer.begun(RECORD, 10);
    at.nowMs += 2000;
    expect(await lag(at)).toEqual([3, 2]);
    at.nowMs += 3000;
    at.observer.ended(14);
    expect(await lag(at)).toEqual([7, 5]);
  });

  it('is nothing when the target has everything', async () => {
    const at = scene();
    at.observer.begun(RECORD, 8);
    at.observer.caughtUp();
    at.nowMs += 60_000;
    expect(await lag(at)).toEqual([0, 0]);
  });

  it('is not told any more once the partition is forwarded elsewhere', async () => {
    const at = scene();
    at.observer.begun(RECORD, 8);
    await lag(at);
    at.observer.released();
    expect(await at.metrics.render()).not.toContain('tandem_forward_lag_seconds{');
  });
});
