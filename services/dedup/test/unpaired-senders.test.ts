import { describe, expect, test } from '@jest/globals';
import { rejectRecord, senderRecord, tenantKey, type Sender } from '@tandem/records';
import { createMetrics } from '@tandem/telemetry';

import { emitted, instanceOf, isSettled, recordOf, T0, TOPICS, waitFor } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type Appended } from './simulated-log.ts';

/** What ingest says of a sender; `at` is seconds from T0. */
function noteAt(at: number, over: Partial<Sender> = {}): Appended {
  const timestampMs = T0 + at * 1000;
  const sender = { tenant: 't', cluster: 'c', replica: null, sinceMs: timestampMs, heardAtMs: timestampMs, ...over };
  return { timestampMs, key: tenantKey('t'), ...senderRecord.encode(sender) };
}

/** Seconds from T0 of what `clusters` says of senders: since when, and when they were heard last. */
function stored(storage: SimulatedStorage): readonly string[] {
  const seconds = (ms: number): number => (ms - T0) / 1000;
  return storage.records(TOPICS.clusters).flatMap((record) => {
    if (record.value === null) return ['forgotten'];
    const decoded = senderRecord.is(record.headers) ? senderRecord.decode(record) : undefined;
    return decoded?.ok === true ? [`${seconds(decoded.value.sinceMs)} to ${seconds(decoded.value.heardAtMs)}`] : [];
  });
}

/** Processes what was appended, and says what is told of senders meanwhile. */
async function told(storage: SimulatedStorage) {
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const service = instanceOf({ log: new SimulatedLog(storage), leases: new ScriptedLeases(), metrics });
  await service.start(new AbortController().signal);
  await waitFor(() => isSettled(storage, service), 'everything to be committed');
  const { senders } = service.status();
  const text = await metrics.render();
  await service.stop();
  return { senders, text };
}

describe('senders that lack a label', () => {
  test('V3: stand in the status and the metrics, with what they lack, over a take-over', async () => {
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, [noteAt(0), noteAt(60), noteAt(61, { cluster: null, replica: 'a' })]);
    const { senders, text } = await told(storage);
    expect(senders).toMatchObject([
      {
        tenant: 't',
        cluster: 'c',
        replica: null,
        verdict: 'replica-label-missing',
        sinceMs: T0,
        heardAtMs: T0 + 60_000,
      },
      { tenant: 't', cluster: null, replica: 'a', verdict: 'cluster-label-missing', partition: 0 },
    ]);
    expect(text).toContain('{user="t",cluster="c",replica="",verdict="replica-label-missing"} 1');
    expect(text).toContain('{user="t",cluster="",replica="a",verdict="cluster-label-missing"} 1');
    expect((await told(storage)).senders).toHaveLength(2);
  });

  test('V4: are written to clusters, and forgotten there when they are silent', async () => {
    const storage = new SimulatedStorage();
    for (const record of [0, 60, 299, 301].map((at) => noteAt(at))) {
      storage.append(TOPICS.samples, 0, [record]);
      expect((await told(storage)).senders).toHaveLength(1);
    }
    storage.append(TOPICS.samples, 0, [recordOf({ at: 1260, samples: [['x', 1260]] })]);
    expect((await told(storage)).senders).toEqual([]);
    expect(stored(storage)).toEqual(['0 to 0', '0 to 301', 'forgotten']);
  });

  test('V1: change nothing of what comes out', async () => {
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, [recordOf({ at: 0, replica: 'a', samples: [['x', 0]] }), noteAt(1)]);
    await told(storage);
    expect(emitted(storage)).toEqual(['x@0']);
  });

  test('what lacks both labels, or none, goes to rejects', async () => {
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, [noteAt(0, { cluster: null }), noteAt(1, { replica: 'a' })]);
    expect((await told(storage)).senders).toEqual([]);
    const reasons = storage.records(TOPICS.rejects).map((record) => rejectRecord.decode(record));
    expect(reasons).toMatchObject([{ value: { reason: 'bad-sender' } }, { value: { reason: 'bad-sender' } }]);
  });
});
