import { describe, expect, test } from '@jest/globals';
import { type ReadRequest, type RecordBatch } from '@tandem/stream';
import { createMetrics, type LogFields, type Logger, NO_LOGGER } from '@tandem/telemetry';

import { type TallyRow } from '../src/ledger/tally.ts';
import { ledgerOf } from './ledger.ts';
import {
  bodiesOf,
  emitted,
  emittedByCluster,
  instanceOf,
  recordOf,
  runToEnd,
  SETTINGS,
  TOPICS,
  type Sample,
  type Sent,
} from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type ClientOptions, type Fate } from './simulated-log.ts';

const SERIES = ['s0', 's1'];
/** Transactions of a few records. */
const SMALL = { ...SETTINGS, commitBytes: 100 };

/** A scrape of a replica, sent a second after it was made. */
function scrape(replica: string, at: number, more: Partial<Sent> = {}): Sent {
  const samples = SERIES.map((name): Sample => [name, at]);
  return { at: at + 1, replica, samples, ...more };
}

/** a scrapes at 0, 10, 20 … until it dies, b three seconds later each time. */
function pair(cluster: string, diedAt: number, until: number): readonly Sent[] {
  const sent: Sent[] = [];
  for (let at = 0; at < until; at += 10) {
    if (at < diedAt) sent.push(scrape('a', at, { cluster }));
    sent.push(scrape('b', at + 3, { cluster }));
  }
  return sent;
}

/** Counts how often what went on is read, but for single records. */
class CountingLog extends SimulatedLog {
  scans = 0;

  override read(request: ReadRequest): AsyncIterable<RecordBatch> {
    const { topic, from, until = Infinity } = request;
    if (topic === TOPICS.deduped && until - from > 100) this.scans++;
    return super.read(request);
  }
}

async function outcomeOf(sent: readonly Sent[], client: ClientOptions = {}, logger: Logger = NO_LOGGER) {
  const storage = new SimulatedStorage();
  const inOrder = sent.toSorted((one, other) => one.at - other.at);
  storage.append(TOPICS.samples, 0, inOrder.map(recordOf));
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const log = new SimulatedLog(storage, client);
  await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), metrics, logger }), log);
  return { storage, text: await metrics.render() };
}

describe('a seam', () => {
  test('S2, S3: no scrape is missing and none is there twice', async () => {
    const { storage, text } = await outcomeOf(pair('c', 50, 120));
    const times = [0, 10, 20, 30, 40, 53, 63, 73, 83, 93, 103, 113];
    expect(emitted(storage)).toEqual(times.flatMap((at) => SERIES.map((series) => `${series}@${at}`)));
    expect(text).toContain('tandem_dedup_seams_total 1');
    expect(text).toContain('tandem_dedup_seams_catching_up 0');
    expect(text).toMatch(/tandem_dedup_caught_up_samples_total [1-9]/);
  });

  test('S6: a series that only the forerunner had ends with one stale marker', async () => {
    const sent = pair('c', 50, 120).map((each) =>
      each.replica === 'a' ? { ...each, samples: [...each.samples, ['only', each.at - 1] as const] } : each,
    );
    const { storage, text } = await outcomeOf(sent);
    const only = emitted(storage).filter((sample) => sample.startsWith('only'));
    // The last one is the marker, one interval behind what a sent last.
    expect(only).toEqual(['only@0', 'only@10', 'only@20', 'only@30', 'only@40', 'only@50']);
    expect(text).toContain('tandem_dedup_orphan_stale_markers_total 1');
  });

  test('S6: the ends of many series are looked up together, in a few scans of what went on', async () => {
    // Each series is in a request of its own, half a second behind the one before.
    const one = (replica: string, at: number, name: string): Sent => ({ at: at + 1, replica, samples: [[name, at]] });
    const sent = Array.from({ length: 300 }, (_, i) => [
      ...(i < 100 ? [one('a', i / 2, `only${i % 20}`)] : []),
      one('b', i / 2 + 0.25, `s${i % 20}`),
    ]).flat();
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, sent.map(recordOf));
    const log = new CountingLog(storage);
    await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases() }), log);
    const ends = emitted(storage).filter((sample) => /^only\d+@(49\.5|5\d(\.5)?)$/.test(sample));
    expect(ends.length).toBeGreaterThanOrEqual(20);
    // The survey of the seam, repeats that reach back, and a grid of 15 s over the 10 s in which they are due.
    expect(log.scans).toBeLessThanOrEqual(6);
  });

  test('S6: one that is scraped once a minute, too, though it is due only when the seam is over', async () => {
    const slow = pair('c', 190, 400).map((each): Sent => {
      const at = each.at - 1;
      if (each.replica === 'a') return at % 60 > 0 ? each : { ...each, samples: [...each.samples, ['only', at]] };
      // What the successor sends comes late: when the seam is over it is not half a minute past two intervals.
      return { ...each, at: each.at + 9 };
    });
    const { storage } = await outcomeOf(slow);
    const only = emitted(storage).filter((sample) => sample.startsWith('only'));
    expect(only).toEqual(['only@0', 'only@60', 'only@120', 'only@180', 'only@240']);
  });

  test('a series that only the successor has begins where the forerunner ended', async () => {
    const sent = pair('c', 50, 120).map((each) =>
      each.replica === 'b' ? { ...each, samples: [...each.samples, ['new', each.at - 1] as const] } : each,
    );
    const { storage } = await outcomeOf(sent);
    const news = emitted(storage).filter((sample) => sample.startsWith('new'));
    // Newest sample 40 s, less 10 s of sending and an interval.
    expect(news[0]).toBe('new@23');
    expect(news.at(-1)).toBe('new@113');
  });

  test('S7: many clusters that fail over at the same time come out whole, slice by slice', async () => {
    const clusters = Array.from({ length: 25 }, (_, i) => `c${i}`);
    const { storage } = await outcomeOf(
      clusters.flatMap((cluster) => pair(cluster, 50, 120)),
      { batchRecords: () => 7 },
    );
    const output = emittedByCluster(storage);
    expect(output.size).toBe(25);
    for (const samples of output.values()) expect(samples).toHaveLength(24);
  });

  test('L2: a body that cannot be read is rejected once, and counted as what it was dropped as when it came', async () => {
    const sent = pair('c', 50, 120).toSorted((one, other) => one.at - other.at);
    const records = sent.map(recordOf);
    // One of the standby's from before the switch, which the seam reads again; one from behind it.
    const broken = [43, 93].map((at) => sent.findIndex((each) => each.replica === 'b' && each.at === at + 1));
    const odd = records.map((record, i) => (broken.includes(i) ? { ...record, value: Uint8Array.of(255) } : record));
    for (let atStep = 0; atStep < 30; atStep++) {
      const storage = new SimulatedStorage();
      storage.append(TOPICS.samples, 0, odd);
      for (const fate of [(n: number): Fate => (n === atStep ? 'dies-after' : 'lives'), (): Fate => 'lives']) {
        const log = new SimulatedLog(storage, { batchRecords: () => 2, fate });
        await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), settings: SMALL }), log);
      }
      expect(storage.records(TOPICS.rejects)).toHaveLength(2);
      const rows = await ledgerOf(storage);
      const sum = (of: (row: TallyRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
      expect(sum(({ dropped }) => dropped['reject'] ?? 0)).toBe(2);
      const dropped = sum((row) => Object.values(row.dropped).reduce((total, samples) => total + samples, 0));
      expect(sum((row) => row.emitted - row.caughtUp) + dropped).toBe(sum(({ samples }) => samples));
    }
  });

  test('S7: a seam is read beside a backlog, and does not wait for its end', async () => {
    const others = Array.from({ length: 2000 }, (_, i): Sent => {
      return { at: 130 + i / 100, replica: 'x', cluster: 'd', samples: [['s', 130 + i / 100]] };
    });
    const { storage } = await outcomeOf([...pair('c', 50, 120), ...others], { batchRecords: () => 10 });
    const clusters = bodiesOf(storage).map(({ headers }) => headers['cluster']);
    expect(clusters.lastIndexOf('c')).toBeLessThan(clusters.length - 1000);
  });

  test('it is logged, with who took over', async () => {
    const lines: (readonly [LogFields, string])[] = [];
    const logger: Logger = { ...NO_LOGGER, info: (fields, message) => lines.push([fields, message]) };
    await outcomeOf(pair('c', 50, 120), {}, logger);
    expect(lines).toContainEqual([
      expect.objectContaining({ cluster: 'c', replica: 'b', epoch: 2 }),
      'caught up with what the standby had sent',
    ]);
  });
});
