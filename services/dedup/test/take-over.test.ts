import { describe, expect, test } from '@jest/globals';
import { type ElectionSettings } from '@tandem/election';
import { createMetrics } from '@tandem/telemetry';

import { bodiesOf, emitted, instanceOf, recordOf, runToEnd, SETTINGS, T0, TOPICS, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage } from './simulated-log.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Appends requests and has an instance process them, which is a new one each time. */
async function process(
  storage: SimulatedStorage,
  sent: readonly Sent[],
  elections: ElectionSettings = SETTINGS.elections,
): Promise<string> {
  storage.append(TOPICS.samples, 0, sent.map(recordOf));
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const log = new SimulatedLog(storage);
  await runToEnd(
    storage,
    instanceOf({ log, leases: new ScriptedLeases(), metrics, settings: { ...SETTINGS, elections } }),
    log,
  );
  return metrics.render();
}

const ofA = (at: number, seconds = at, series = 'x'): Sent => ({ at, replica: 'a', samples: [[series, seconds]] });
const ofB = (at: number): Sent => ({ at, replica: 'b', samples: [['x', at]] });

describe('taking a partition over', () => {
  test('row 10, 30: who was elected is elected', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [ofA(0)]);
    await process(storage, [ofB(1), ofA(2)]);
    expect(emitted(storage)).toEqual(['x@0', 'x@2']);
  });

  test('what was heard since the last announcement counts', async () => {
    const storage = new SimulatedStorage();
    // Update timeout 15 s, jitter at most 5 s: neither record is announced, and the second is 9 s old at the end.
    await process(storage, [ofA(0), ofA(9)]);
    await process(storage, [ofB(24), ofB(38)]);
    expect(emitted(storage)).toEqual(['x@0', 'x@9']);
    await process(storage, [ofB(39)]);
    expect(emitted(storage)).toEqual(['x@0', 'x@9', 'x@24', 'x@38', 'x@39']);
  });

  test('what was heard counts though announcements were further apart under the settings of before', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [ofA(0), ofA(14)], { ...SETTINGS.elections, updateTimeoutMs: 20_000 });
    await process(storage, [ofB(43)], { ...SETTINGS.elections, updateTimeoutMs: 5000, updateTimeoutJitterMs: 0 });
    expect(emitted(storage)).toEqual(['x@0', 'x@14']);
  });

  test('what was heard of a cluster counts though others were written down later', async () => {
    const storage = new SimulatedStorage();
    const other = (at: number): Sent => ({ at, replica: 'a', cluster: 'd', samples: [['y', at]] });
    await process(storage, [ofA(0), other(3), ofA(9), other(12), ofB(24), other(25)]);
    await process(storage, [ofB(38), ofB(39)]);
    expect(emitted(storage)).toEqual(['x@0', 'y@3', 'x@9', 'y@12', 'y@25', 'x@24', 'x@38', 'x@39']);
  });

  test('the clock does not run backwards over a restart', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [ofA(0), ofB(15), { at: 50, samples: [['u', 50]] }]);
    // The log's clock was put back: now is still 50 s, so the standby takes over.
    await process(storage, [ofB(10)]);
    expect(emitted(storage)).toEqual(['x@0', 'u@50', 'x@15']);
  });

  test('a repeat is known though nobody sent anything for longer than the replay window', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [ofA(0), ofA(15)]);
    await process(storage, [{ ...ofA(15), at: 10 * HOUR }, ofA(10 * HOUR)]);
    expect(emitted(storage)).toEqual(['x@0', 'x@15', `x@${10 * HOUR}`]);
  });

  test('a repeat older than the replay window is looked up further back', async () => {
    const storage = new SimulatedStorage();
    const steady = Array.from({ length: 40 }, (_, i) => ofA(15 * (i + 1)));
    await process(storage, [ofA(0, 0, 'rare'), ...steady]);
    const text = await process(storage, [ofA(610, 0, 'rare'), ofA(611)]);
    expect(emitted(storage)).toHaveLength(42);
    expect(emitted(storage).at(-1)).toBe('x@611');
    expect(text).toContain('tandem_dedup_look_backs_total 1');
    expect(text).toContain('tandem_dedup_dropped_samples_total{reason="repeat"} 1');
  });

  test('an old sample of a series nobody knew goes on, after looking', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [ofA(0), ...Array.from({ length: 40 }, (_, i) => ofA(15 * (i + 1)))]);
    const text = await process(storage, [ofA(610, 5, 'backfilled'), ofA(610, 6, 'backfilled')]);
    expect(emitted(storage).slice(-2)).toEqual(['backfilled@5', 'backfilled@6']);
    expect(text).toContain('tandem_dedup_look_backs_total 1');
  });

  test('new samples are not looked up', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [ofA(0)]);
    expect(await process(storage, [ofA(15), ofA(15, 15, 'new')])).toContain('tandem_dedup_look_backs_total 0');
    expect(emitted(storage)).toEqual(['x@0', 'x@15', 'new@15']);
  });

  test('memory ends where retention does', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [ofA(0, 0, 'rare'), ofA(100), ofA(200)]);
    storage.retain(TOPICS.deduped, 0, 2); // Offset 1 is the first: 0 is a hole.
    await process(storage, [ofA(201, 0, 'rare'), ofA(202)]);
    expect(emitted(storage).slice(-2)).toEqual(['rare@0', 'x@202']);
  });

  test('an empty log is taken over', async () => {
    const storage = new SimulatedStorage();
    await process(storage, []);
    expect(emitted(storage)).toEqual([]);
  });

  test('records of ours that cannot be read are passed over', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [ofA(0)]);
    const garbage = { timestampMs: T0, key: null, value: Buffer.from('garbage'), headers: { version: '1' } };
    for (const topic of [TOPICS.deduped, TOPICS.clusters]) storage.append(topic, 0, [garbage]);
    await process(storage, [ofB(1), ofA(0), ofA(2)]);
    expect(bodiesOf(storage).map(({ headers }) => headers['source-offset'])).toEqual(['0', undefined, '3']);
  });

  test('a vacant cluster stays vacant and keeps its epoch', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [ofA(0), { at: HOUR, samples: [['u', HOUR]] }]);
    await process(storage, [ofB(HOUR + 1)]);
    expect(bodiesOf(storage).at(-1)?.headers).toMatchObject({ replica: 'b', epoch: '2' });
  });

  test('row 20 across partitions: the clusters of a tenant count wherever they are', async () => {
    const storage = new SimulatedStorage(2);
    const settings = { ...SETTINGS, elections: { ...SETTINGS.elections, maxClusters: 1 } };
    const first = new SimulatedLog(storage);
    storage.append(TOPICS.samples, 0, [recordOf(ofA(0))]);
    await runToEnd(storage, instanceOf({ log: first, leases: new ScriptedLeases(), settings }), first);
    const second = new SimulatedLog(storage);
    const others = [recordOf({ ...ofA(1), cluster: 'd' }), recordOf({ ...ofA(1), cluster: 'd', tenant: 'u' })];
    storage.append(TOPICS.samples, 1, others);
    await runToEnd(storage, instanceOf({ log: second, leases: new ScriptedLeases(), settings }), second);
    expect(bodiesOf(storage, 1).map(({ headers }) => headers['tenant'])).toEqual(['u']);
  });
});
