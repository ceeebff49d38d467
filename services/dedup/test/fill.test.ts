import { setMaxListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';
import { clusterKey, decodeDedupedHeaders, encodeSamplesHeaders } from '@tandem/records';
import { compress, decode, decompress, encode, scan } from '@tandem/remote-write';
import { type LogRecord } from '@tandem/stream';
import { createMetrics } from '@tandem/telemetry';

import { type DedupSettings } from '../src/index.ts';
import { bodiesOf, instanceOf, recordOf as sentRecordOf, runToEnd, SETTINGS, T0, TOPICS } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type Appended, type ClientOptions } from './simulated-log.ts';

/** A sample: its metric, its target, seconds from T0, and its value; `stale`: a marker. */
type Sample = readonly [metric: string, target: string, seconds: number, value: number | 'stale'];

/** What a scrape of a target writes, as Prometheus does. */
function scrape(target: string, seconds: number, reached: boolean): readonly Sample[] {
  const value = reached ? seconds : 'stale';
  return [
    ['requests', target, seconds, value],
    ['temperature', target, seconds, value],
    ['up', target, seconds, reached ? 1 : 0],
  ];
}

/** The record ingest would write. */
function recordOf(at: number, replica: string, samples: readonly Sample[]): Appended {
  const body = encode(
    'v2',
    samples.map(([metric, target, seconds, value]) => ({
      labels: [
        { name: '__name__', value: metric },
        { name: '__replica__', value: replica },
        { name: 'cluster', value: 'c' },
        { name: 'instance', value: target },
        { name: 'job', value: 'node' },
      ],
      samples: [{ value: value === 'stale' ? NaN : value, stale: value === 'stale', timestampMs: T0 + seconds * 1000 }],
    })),
  );
  const scanned = scan('v2', body, { clusterLabel: 'cluster', replicaLabel: '__replica__' });
  if (!scanned.ok) throw new Error(scanned.problem.message);
  const { downTargets, minTimestampMs = 0, maxTimestampMs = 0 } = scanned.summary;
  return {
    timestampMs: T0 + at * 1000,
    key: clusterKey('t', 'c'),
    value: compress(body),
    headers: encodeSamplesHeaders({
      tenant: 't',
      pair: { cluster: 'c', replica },
      protocol: '2.0',
      samples: samples.length,
      span: { minTimestampMs, maxTimestampMs },
      receivedAtMs: T0 + at * 1000,
      downTargets,
    }),
  };
}

/** `metric{target}@seconds` of what came out, with the replica it is of; a marker ends with `!`. */
function outOf(record: LogRecord): readonly string[] {
  const headers = decodeDedupedHeaders(record.headers);
  if (!headers.ok || record.value === null) throw new Error(headers.ok ? 'no value' : headers.problem);
  const body = decompress(record.value, 1_000_000);
  const decoded = body.ok ? decode('v2', body.data) : body;
  if (!decoded.ok) throw new Error(decoded.problem.message);
  const { pair, fill } = headers.headers;
  const from = `${pair?.replica ?? ''}${fill === undefined ? '' : '+'}`;
  return decoded.series.flatMap(({ labels, samples }) => {
    const of = (name: string): string => labels.find((label) => label.name === name)?.value ?? '';
    return samples.map(
      ({ timestampMs, stale }) => `${of('__name__')}@${(timestampMs - T0) / 1000}${stale ? '!' : ''} ${from}`,
    );
  });
}

/** Has instances process records, one after the other has died, until one comes to the end. */
async function consumed(
  records: readonly Appended[],
  settings: DedupSettings,
  lives: readonly ClientOptions[] = [{}],
): Promise<{ readonly storage: SimulatedStorage; readonly text: string }> {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, records);
  let text = '';
  for (const options of lives) {
    const log = new SimulatedLog(storage, options);
    const metrics = createMetrics({ version: 'test', processMetrics: false });
    await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), settings, metrics }), log);
    if (!log.dead && log.errors.length > 0) throw new Error('the service failed', { cause: log.errors[0] });
    text = await metrics.render();
  }
  return { storage, text };
}

async function run(records: readonly Appended[], settings = SETTINGS): Promise<readonly string[]> {
  return bodiesOf((await consumed(records, settings)).storage).flatMap(outOf);
}

const of = (out: readonly string[], metric: string): readonly string[] =>
  out.filter((line) => line.startsWith(`${metric}@`)).map((line) => line.slice(metric.length + 1));

/** What came out, but for watermarks and `high-ts`, which are of the whole partition. */
function bytesOf(storage: SimulatedStorage): readonly string[] {
  return bodiesOf(storage).map(({ headers, value }) => {
    const own = Object.entries(headers).filter(([name]) => name !== 'high-ts' && name !== 'watermark');
    return `${JSON.stringify(own)} ${Buffer.from(value ?? []).toString('base64')}`;
  });
}

/** Two replicas scrape every 15 s, b 6 s after a; a cannot reach the target from scrape to scrape. */
function pairLog(scrapes: number, fails: (scrape: number) => boolean, standbyFails = fails): readonly Appended[] {
  const gone = { a: false, b: false };
  const taken = (replica: 'a' | 'b', seconds: number, reached: boolean): Appended => {
    const all = scrape('t1', seconds, reached);
    // A marker is written once.
    const written = !reached && gone[replica] ? all.filter(([metric]) => metric === 'up') : all;
    gone[replica] = !reached;
    return recordOf(seconds + 1, replica, written);
  };
  return Array.from({ length: scrapes }, (_, n) => [
    taken('a', n * 15, !fails(n)),
    taken('b', n * 15 + 6, !standbyFails(n)),
  ]).flat();
}

// The simulated log listens for the end of a claim anew at each wait.
setMaxListeners(0);

const NEVER = (): boolean => false;

describe('a target that only the elected replica cannot scrape', () => {
  test('row x5: is filled from the standby, without a marker, and handed back', async () => {
    const out = await run(pairLog(8, (n) => n === 3 || n === 4, NEVER));
    expect(of(out, 'requests')).toEqual(['0 a', '15 a', '30 a', '51 b+', '66 b+', '75 a', '90 a', '105 a']);
    expect(of(out, 'up')).toEqual(['0 a', '15 a', '30 a', '45 a', '60 a', '75 a', '90 a', '105 a']);
  });

  /** b is 22 s late, so that it has nothing to fill with yet when a has the target again. */
  const lateStandby = (): readonly Appended[] =>
    pairLog(12, (n) => n === 3 || n === 4, NEVER)
      .map((record, i) => (i % 2 === 0 ? record : { ...record, timestampMs: record.timestampMs + 16_000 }))
      .toSorted((x, y) => x.timestampMs - y.timestampMs);

  test('D2, D10: what it scrapes again waits for the standby’s samples that are late, and nothing is missing', async () => {
    const { storage, text } = await consumed(lateStandby(), SETTINGS);
    const out = bodiesOf(storage).flatMap(outOf);
    expect(of(out, 'requests').slice(2, 8)).toEqual(['30 a', '51 b+', '66 b+', '75 a+', '90 a', '105 a']);
    expect(of(out, 'up').slice(3, 7)).toEqual(['45 a', '60 a', '75 a', '90 a']);
    expect(text).toContain('tandem_dedup_filled_samples_total 6');
  });

  test('D6: what waited comes out the same, whatever the batches, and wherever instances die', async () => {
    const expected = bytesOf((await consumed(lateStandby(), SETTINGS)).storage);
    for (let atStep = 1; atStep < 30; atStep++) {
      const dying: ClientOptions = { batchRecords: () => 1, fate: (n) => (n === atStep ? 'dies-after' : 'lives') };
      const { storage } = await consumed(lateStandby(), { ...SETTINGS, commitBytes: 100 }, [dying, {}]);
      expect(bytesOf(storage)).toEqual(expected);
    }
  });

  const ofOthers = (at: number): Appended =>
    sentRecordOf({ at, replica: 'x', cluster: 'd', protocol: '2.0', samples: [['s', at]] });

  /** a's first sample behind the gap waits when both fall silent; another cluster goes on. */
  const silencedAmidWait = (): readonly Appended[] => [
    ...lateStandby().filter(({ timestampMs }) => timestampMs <= T0 + 76_500),
    ...[400, 460].map(ofOthers),
  ];
  const idling = { ...SETTINGS, elections: { ...SETTINGS.elections, idleTimeoutMs: 60_000 } };

  test('D10: what waits when the cluster turns vacant goes on', async () => {
    const out = await run(silencedAmidWait(), idling);
    expect(of(out, 'requests').slice(2, 5)).toEqual(['30 a', '51 b+', '75 a+']);
    expect(of(out, 'temperature').slice(2, 5)).toEqual(['30 a', '51 b+', '75 a+']);
  });

  /** …, and then another replica, c, is elected, which does not have the target. */
  const succeededAmidWait = (): readonly Appended[] => [
    ...lateStandby().filter(({ timestampMs }) => timestampMs <= T0 + 76_500),
    ...[78, 87, 96, 105].map((at) => recordOf(at, 'c', scrape('t2', at - 1, true))),
  ];
  const elected = { ...SETTINGS, elections: { ...SETTINGS.elections, failoverTimeoutMs: 20_000 } };

  test('D10: what waits when a replica is elected that does not have the target goes on', async () => {
    const out = await run(succeededAmidWait(), elected);
    expect(out.some((line) => line === 'requests@77 c')).toBe(true);
    expect(of(out, 'requests').slice(2, 5)).toEqual(['30 a', '51 b+', '75 a+']);
  });

  test.each([
    ['the cluster turns vacant', silencedAmidWait, idling],
    ['another replica is elected', succeededAmidWait, elected],
  ])('D6: what waits when %s comes out the same, wherever instances die', async (_, records, settings) => {
    const { storage: undisturbed } = await consumed(records(), settings);
    const expected = bytesOf(undisturbed);
    for (const batch of [1, 1000]) {
      for (let atStep = 1; atStep < 25; atStep++) {
        const dying: ClientOptions = {
          batchRecords: () => batch,
          fate: (n) => (n === atStep ? 'dies-after' : 'lives'),
        };
        const { storage } = await consumed(records(), { ...settings, commitBytes: 100 }, [dying, dying, {}]);
        expect(bytesOf(storage)).toEqual(expected);
      }
    }
  });

  const passing = { ...SETTINGS, outOfOrder: { rule: 'pass', overrides: [] } } as const;
  /** While a's sample of 75 s waits, it sends some more of the same series. */
  const amidWait = (...stamps: readonly number[]): readonly Appended[] =>
    [
      ...lateStandby(),
      ...stamps.map((seconds, i) => recordOf(77 + i, 'a', [['requests', 't1', seconds, seconds]])),
    ].toSorted((x, y) => x.timestampMs - y.timestampMs);

  test('D10: what waits out of order goes on as the tenant wants it', async () => {
    const passed = of(await run(amidWait(78, 77), passing), 'requests');
    expect(passed.slice(2, 9)).toEqual(['30 a', '51 b+', '66 b+', '75 a+', '78 a+', '77 a+', '90 a']);
    const dropped = of(await run(amidWait(78, 77)), 'requests');
    expect(dropped.slice(2, 8)).toEqual(['30 a', '51 b+', '66 b+', '75 a+', '78 a+', '90 a']);
  });

  test('D10: what is older than the first that waits is judged at once, and does not come out of order', async () => {
    for (const settings of [SETTINGS, passing]) {
      const out = of(await run(amidWait(60), settings), 'requests');
      expect(out.slice(2, 7)).toEqual(['30 a', '51 b+', '60 a', '75 a+', '90 a']);
    }
  });

  test('D10: what waited and did not go on is not judged again while the rest of its record waits', async () => {
    const records = lateStandby().filter(({ timestampMs }) => timestampMs <= T0 + 76_000);
    const late = [
      // Too near to 75 s; and so ends the wait of this series alone.
      recordOf(79, 'b', [['requests', 't1', 70, 70]]),
      recordOf(80, 'a', [['requests', 't1', 90, 90]]),
      recordOf(81, 'b', [['temperature', 't1', 66, 66]]),
    ];
    const out = await run([...records, ...late], passing);
    expect(of(out, 'requests').slice(2)).toEqual(['30 a', '51 b+', '70 b+', '90 a']);
    expect(of(out, 'temperature').slice(2)).toEqual(['30 a', '51 b+', '66 b+', '75 a+']);
  });

  test('what was filled and held is counted, and told of the cluster', async () => {
    const { text } = await consumed(
      pairLog(8, (n) => n === 3 || n === 4, NEVER),
      SETTINGS,
    );
    expect(text).toContain('tandem_dedup_filled_samples_total 4');
    expect(text).toContain('tandem_dedup_fill_stale_markers_total{verdict="held"} 2');
    expect(text).toContain('tandem_dedup_fill_stale_markers_total{verdict="suppressed"} 2');
    expect(text).toContain('tandem_dedup_fill_steps_total{step="open"} 1');
    expect(text).toContain('tandem_dedup_fills_open 0');
  });

  test('is not filled where fills are off', async () => {
    const records = pairLog(8, (n) => n === 3 || n === 4, NEVER);
    const expected = ['0 a', '15 a', '30 a', '45! a', '75 a', '90 a', '105 a'];
    const off = { ...SETTINGS, fill: { enabled: false, up: 'leader' } } as const;
    expect(of(await run(records, off), 'requests')).toEqual(expected);
    const override = { ...SETTINGS, fillOverrides: [{ tenant: 't', settings: { enabled: false } }] };
    expect(of(await run(records, override), 'requests')).toEqual(expected);
  });

  test('with any, its up is the standby’s', async () => {
    const any = { ...SETTINGS, fill: { enabled: true, up: 'any' } } as const;
    const out = await run(
      pairLog(8, (n) => n === 3 || n === 4, NEVER),
      any,
    );
    expect(of(out, 'up')).toEqual(['0 a', '15 a', '30 a', '45 a', '66 b+', '75 a', '90 a', '105 a']);
  });

  test('a failover ends the fill, and the seam goes on where it ended', async () => {
    const records = pairLog(14, (n) => n >= 3, NEVER).filter((_, i) => i % 2 === 1 || i < 12);
    const out = await run(records);
    const [first, ...others] = of(out, 'requests').map((line) => parseFloat(line));
    expect([first, ...others.slice(0, 3)]).toEqual([0, 15, 30, 51]);
    expect(others.slice(2)).toEqual(Array.from({ length: others.length - 2 }, (_, i) => 51 + i * 15));
    expect(others.at(-1)).toBe(201);
    expect(out.some((line) => line.includes('!'))).toBe(false);
  });

  test('D6: the same bytes, whatever the batches, and wherever instances die', async () => {
    const records = pairLog(40, (n) => n % 9 === 3 || (n > 20 && n < 30), NEVER);
    const expected = bytesOf((await consumed(records, SETTINGS)).storage);
    const small: ClientOptions = { batchRecords: (n) => 1 + (n % 5) };
    const dying = [4, 3, 11, 7, 16, 9].map((atStep): ClientOptions => {
      return { ...small, fate: (n) => (n === atStep ? 'dies-after' : 'lives') };
    });
    const { storage } = await consumed(records, { ...SETTINGS, commitBytes: 500 }, [...dying, small]);
    expect(bytesOf(storage)).toEqual(expected);
  });

  test('D6: the same bytes, where instances die in a backlog in which the fill has closed before its lane has joined', async () => {
    const records = pairLog(40, (n) => n === 3 || n === 4, NEVER);
    const expected = bytesOf((await consumed(records, SETTINGS)).storage);
    const large: ClientOptions = { batchRecords: () => 1000 };
    for (let atStep = 0; atStep < 6; atStep++) {
      const dying: ClientOptions = { ...large, fate: (n) => (n === atStep ? 'dies-after' : 'lives') };
      const { storage } = await consumed(records, { ...SETTINGS, commitBytes: 500 }, [dying, dying, large]);
      expect(bytesOf(storage)).toEqual(expected);
    }
  });

  test('both cannot: the end comes out once, and nothing is filled', async () => {
    const out = await run(pairLog(8, (n) => n >= 3));
    expect(of(out, 'requests')).toEqual(['0 a', '15 a', '30 a', '51! b+']);
  });
});
