import { describe, expect, test } from '@jest/globals';
import { createMetrics, type LogFields, type Logger, NO_LOGGER } from '@tandem/telemetry';

import { instanceOf, recordOf, TOPICS, waitFor, type Sample, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage } from './simulated-log.ts';

/** A record of 40 samples, made a second before it is received. */
function sent(replica: string, at: number, madeAt = at - 1): Sent {
  return { at, replica, samples: Array.from({ length: 40 }, (_, i): Sample => [`s${i}`, madeAt]) };
}

async function outcomeOf(records: readonly Sent[]) {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, records.toSorted((a, b) => a.at - b.at).map(recordOf));
  const warnings: (readonly [LogFields, string])[] = [];
  const logger: Logger = { ...NO_LOGGER, warn: (fields, message) => warnings.push([fields, message]) };
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const log = new SimulatedLog(storage);
  const service = instanceOf({ log, leases: new ScriptedLeases(), metrics, logger });
  await service.start(new AbortController().signal);
  await waitFor(() => storage.drained(TOPICS.samples), 'everything to be committed');
  const { clusters } = service.status();
  const text = await metrics.render();
  await service.stop();
  const verdicts = Object.fromEntries((clusters[0]?.replicas ?? []).map(({ replica, verdict }) => [replica, verdict]));
  return { verdicts, warnings, text };
}

const steps = Array.from({ length: 30 }, (_, i) => i * 15);

describe('what is said of senders', () => {
  test('a pair that is set up right is ok, and nobody is told', async () => {
    const { verdicts, warnings, text } = await outcomeOf(steps.flatMap((at) => [sent('a', at), sent('b', at + 5)]));
    expect(verdicts).toEqual({ a: 'ok', b: 'ok' });
    expect(warnings).toEqual([]);
    expect(text).toContain('tandem_dedup_sender_verdict{user="t",cluster="c",replica="a",verdict="ok"} 1');
  });

  test('a replica without another one is named, once', async () => {
    const { verdicts, warnings } = await outcomeOf(steps.map((at) => sent('a', at)));
    expect(verdicts).toEqual({ a: 'alone' });
    expect(warnings).toEqual([
      [
        { tenant: 't', cluster: 'c', replica: 'a', verdict: 'alone' },
        'no other replica of the cluster is heard: nobody would take over',
      ],
    ]);
  });

  test('two senders of one name are named by their repeats', async () => {
    const { verdicts } = await outcomeOf(
      steps.flatMap((at) => [sent('a', at), sent('a', at + 5, at - 1), sent('b', at + 6)]),
    );
    expect(verdicts).toEqual({ a: 'repeats', b: 'ok' });
  });

  test('two senders of one name are named though their clocks differ, where one reaches back behind the other', async () => {
    const { verdicts } = await outcomeOf(
      steps.flatMap((at) => [sent('a', at), sent('a', at + 5, at - 4), sent('b', at + 6)]),
    );
    expect(verdicts).toMatchObject({ a: 'repeats' });
  });

  test('a clock that is ahead is named with by how much', async () => {
    const { verdicts, warnings } = await outcomeOf(steps.flatMap((at) => [sent('a', at), sent('b', at + 5, at + 25)]));
    expect(verdicts).toEqual({ a: 'ok', b: 'clock-ahead' });
    expect(warnings[0]?.[0]).toMatchObject({ replica: 'b', ahead_ms: 21_000 });
  });
});
