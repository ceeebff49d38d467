import { describe, expect, test } from '@jest/globals';
import { decodeDedupedHeaders } from '@tandem/records';
import { createMetrics } from '@tandem/telemetry';

import { type DedupSettings } from '../src/index.ts';
import { bodiesOf, instanceOf, recordOf, runToEnd, samplesOf, SETTINGS, TOPICS, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage } from './simulated-log.ts';

const PASS: DedupSettings = { ...SETTINGS, outOfOrder: { rule: 'pass', overrides: [] } };

/** A request of replica a, with samples of x at these times. */
function of(at: number, times: readonly number[], more: Partial<Sent> = {}): Sent {
  return { at, replica: 'a', samples: times.map((seconds) => ['x', seconds]), ...more };
}

/** What came out, record by record; those out of order with a tilde. */
function outputOf(storage: SimulatedStorage): readonly string[] {
  return bodiesOf(storage).map((record) => {
    const decoded = decodeDedupedHeaders(record.headers);
    const mark = decoded.ok && decoded.headers.outOfOrder === true ? '~' : '';
    return mark + samplesOf(record).join(' ');
  });
}

async function outcomeOf(sent: readonly Sent[], settings: DedupSettings, storage = new SimulatedStorage()) {
  storage.append(TOPICS.samples, 0, sent.map(recordOf));
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const log = new SimulatedLog(storage);
  await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), metrics, settings }), log);
  return { storage, output: outputOf(storage), text: await metrics.render() };
}

describe('samples out of order', () => {
  test('are dropped by default, and counted apart from repeats', async () => {
    const sent = [of(10, [10]), of(30, [30]), of(31, [30, 20]), of(32, [20])];
    const { output, text } = await outcomeOf(sent, SETTINGS);
    expect(output).toEqual(['x@10', 'x@30']);
    expect(text).toContain('tandem_dedup_dropped_samples_total{reason="repeat"} 1');
    expect(text).toContain('tandem_dedup_dropped_samples_total{reason="out-of-order"} 2');
  });

  test('O4: go on once where that is allowed, in a record of their own behind the others of their request', async () => {
    const sent = [of(10, [10]), of(30, [30]), of(40, [20, 40, 15]), of(41, [20, 40, 15])];
    const { output, text, storage } = await outcomeOf(sent, PASS);
    expect(output).toEqual(['x@10', 'x@30', 'x@40', '~x@20 x@15']);
    expect(text).toContain('tandem_dedup_out_of_order_samples_total 2');
    expect(text).toContain('tandem_dedup_emitted_samples_total 5');
    expect(text).toContain('tandem_dedup_dropped_samples_total{reason="repeat"} 3');
    const last = bodiesOf(storage).at(-1)?.headers;
    expect(last).toMatchObject({ samples: '2', 'source-offset': '2', epoch: '1', replica: 'a' });
  });

  test('one that is too old to be told from a repeat counts as one', async () => {
    const sent = [of(10, [10]), of(20, [20]), of(30, [30]), of(40, [40]), of(50, [50]), of(51, [10, 15, 25])];
    const { output } = await outcomeOf(sent, PASS);
    expect(output.at(-1)).toBe('~x@25');
    expect(output).toHaveLength(6);
  });

  test('O3: it is known over a restart what was let through', async () => {
    const { storage } = await outcomeOf([of(10, [10]), of(30, [30]), of(31, [20])], PASS);
    const { output } = await outcomeOf([of(32, [20]), of(33, [25]), of(34, [25])], PASS, storage);
    expect(output).toEqual(['x@10', 'x@30', '~x@20', '~x@25']);
  });

  test('O2: what lies before the end of the replica before is a repeat, also after a restart', async () => {
    const dead = [of(10, [10]), of(30, [30])];
    const next = (at: number, times: readonly number[]): Sent => of(at, times, { replica: 'b' });
    const taken = [next(35, [33]), next(50, [48]), next(65, [63])];
    const late = [next(300, [63, 295]), next(301, [20]), next(302, [290])];
    const once = await outcomeOf([...dead, ...taken, ...late], PASS);
    expect(once.output.slice(-2)).toEqual(['x@295', '~x@290']);
    const { storage } = await outcomeOf([...dead, ...taken, ...late.slice(0, 1)], PASS);
    const twice = await outcomeOf(late.slice(1), PASS, storage);
    expect(twice.output).toEqual(once.output);
  });

  test('what was held back at a seam is held back when it is sent again', async () => {
    const scrapes = [10, 20, 30].map((at) => of(at + 1, [at]));
    const next = [13, 23, 33, 43, 53, 63, 73].map((at) => of(at + 1, [at], { replica: 'b' }));
    const { output } = await outcomeOf(
      [...scrapes, ...next, of(75, [33], { replica: 'b' })].toSorted((a, b) => a.at - b.at),
      PASS,
    );
    expect(output).toEqual(['x@10', 'x@20', 'x@30', 'x@43', 'x@53', 'x@63', 'x@73']);
  });

  test('of a cluster are treated by its own rule, then its tenant’s', async () => {
    const overrides = [
      { tenant: 't', rule: 'pass' as const },
      { tenant: 't', cluster: 't/strict', rule: 'drop' as const },
    ];
    const settings: DedupSettings = { ...SETTINGS, outOfOrder: { rule: 'drop', overrides } };
    const all = (more: Partial<Sent>): readonly Sent[] => [of(30, [30], more), of(31, [20], more)];
    const { cluster, replica, ...unpaired } = { cluster: 'x', ...of(31, [20]) };
    expect([cluster, replica]).toEqual(['x', 'a']);
    const sent = [
      ...all({ cluster: 'easy' }),
      ...all({ cluster: 'strict' }),
      ...all({ tenant: 'u', cluster: 'easy' }),
      { ...unpaired, samples: [['x', 30]] as const },
      unpaired,
    ];
    const { output } = await outcomeOf(sent, settings);
    expect(output).toEqual(['x@30', '~x@20', 'x@30', 'x@30', 'x@30', '~x@20']);
  });
});
