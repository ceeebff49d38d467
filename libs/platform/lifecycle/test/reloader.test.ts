import { describe, expect, test } from '@jest/globals';
import { createMetrics, type LogFields, NO_LOGGER } from '@tandem/telemetry';

import { Reloader, type Reloaded } from '../src/index.ts';

function reloaderOf(read: () => Reloaded | Promise<Reloaded>) {
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const warnings: LogFields[] = [];
  const clock = { nowMs: 1_000_000 };
  const logger = { ...NO_LOGGER, warn: (fields: LogFields) => warnings.push(fields) };
  return { reloader: new Reloader({ read, metrics, logger, now: () => clock.nowMs }), metrics, warnings, clock };
}

describe('reading the configuration again', () => {
  test('tells what is in effect, and warns of what is not before a restart', async () => {
    const changes = { applied: ['log.level'], restart: ['storage.path'] };
    const { reloader, metrics, warnings, clock } = reloaderOf(() => changes);
    clock.nowMs = 2_000_000;
    await expect(reloader.reload()).resolves.toEqual({ ok: true, ...changes });
    expect(warnings).toEqual([{ keys: 'storage.path' }]);
    const text = await metrics.render();
    expect(text).toContain('tandem_config_last_reload_successful 1');
    expect(text).toContain('tandem_config_last_reload_success_timestamp_seconds 2000');
  });

  test('a failure is told and shown, and the time of the last success stays', async () => {
    const { reloader, metrics, clock } = reloaderOf(() => {
      throw new Error('line 3: not a duration');
    });
    clock.nowMs = 2_000_000;
    const outcome = await reloader.reload();
    expect(outcome).toEqual({ ok: false, problem: expect.stringContaining('line 3: not a duration') });
    const text = await metrics.render();
    expect(text).toContain('tandem_config_last_reload_successful 0');
    expect(text).toContain('tandem_config_last_reload_success_timestamp_seconds 1000');
  });

  test('is done one time after the other', async () => {
    let reading = 0;
    let most = 0;
    const { reloader } = reloaderOf(async () => {
      most = Math.max(most, ++reading);
      await Promise.resolve();
      reading--;
      return { applied: [], restart: [] };
    });
    await Promise.all([reloader.reload(), reloader.reload(), reloader.reload()]);
    expect(most).toBe(1);
  });
});
