import { describe, expect, test } from '@jest/globals';
import { createMetrics } from '@tandem/telemetry';

import { bodiesOf, instanceOf, recordOf, runToEnd, T0, TOPICS, watermarksOf, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage } from './simulated-log.ts';

/** Requests of a replica every ten seconds, each with a sample of the second before. */
function sending(replica: string | undefined, from: number, until: number, cluster = 'c'): readonly Sent[] {
  const count = Math.max(0, Math.ceil((until - from) / 10));
  return Array.from({ length: count }, (_, i) => {
    const at = from + i * 10;
    const pair = replica === undefined ? {} : { replica, cluster };
    return { at, samples: [['x', at - 1] as const], ...pair };
  });
}

async function outcomeOf(sent: readonly Sent[], storage = new SimulatedStorage()) {
  storage.append(TOPICS.samples, 0, sent.toSorted((one, other) => one.at - other.at).map(recordOf));
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const log = new SimulatedLog(storage);
  const service = instanceOf({ log, leases: new ScriptedLeases(), metrics });
  await runToEnd(storage, service, log);
  return { storage, text: await metrics.render() };
}

describe('watermarks', () => {
  test('follow the newest sample, a delay behind, and each record names the one before it', async () => {
    const { storage, text } = await outcomeOf(sending('a', 0, 100));
    expect(watermarksOf(storage).slice(-2)).toEqual([-1, 9]);
    expect(bodiesOf(storage).at(-1)?.headers['watermark']).toBe(String(T0 + 9000));
    expect(text).toContain('tandem_dedup_late_records_total 0');
  });

  test('wait for the slower of two clusters, and go on when it has been silent for the patience', async () => {
    const { storage } = await outcomeOf([...sending('a', 0, 400), ...sending('b', 0, 100, 'd')]);
    const marks = watermarksOf(storage);
    // d ended with the sample of 89 s; 120 s after its last record nobody waits for it any more.
    expect(marks).toContain(19);
    const next = marks[marks.indexOf(19) + 1] ?? 0;
    expect(next).toBeGreaterThan(210 - 72 - 10);
    expect(marks.at(-1)).toBe(309);
  });

  test('W1: go on from the last one after a restart', async () => {
    const { storage } = await outcomeOf(sending('a', 0, 200));
    const before = watermarksOf(storage);
    await outcomeOf(sending('a', 200, 300), storage);
    const after = watermarksOf(storage);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.at(-1)).toBe(209);
    expect(after.every((mark, i) => i === 0 || mark > (after[i - 1] ?? 0))).toBe(true);
  });

  test('W2: a sample that comes later than that is late, and counted', async () => {
    const { storage, text } = await outcomeOf([
      ...sending('a', 0, 200),
      { at: 205, replica: 'a', cluster: 'c', samples: [['slow', 30]] },
    ]);
    expect(watermarksOf(storage).at(-1)).toBe(119);
    expect(text).toContain('tandem_dedup_late_records_total 1');
  });

  test('a partition of nothing but standbys and metadata has none', async () => {
    const { storage } = await outcomeOf([
      { at: 0, samples: [] },
      { at: 300, samples: [] },
    ]);
    expect(watermarksOf(storage)).toEqual([]);
  });
});
