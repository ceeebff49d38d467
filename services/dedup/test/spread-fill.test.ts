import { setMaxListeners } from 'node:events';

import { beforeAll, describe, expect, test } from '@jest/globals';
import { barrierRecord, encodeSamplesHeaders, shardId, shardKey, shardRecord } from '@tandem/records';
import { compress, encode, scan } from '@tandem/remote-write';

import { bodiesOf, instanceOf, runToEnd, SETTINGS, T0, TOPICS } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type Appended, type ClientOptions } from './simulated-log.ts';
import { outputOf } from './simulation/output.ts';

const SPREAD = { ...SETTINGS, spread: [{ tenant: 't', cluster: 'c', shards: 2 }] };
/** Which series of the target is in which shard: what says that it is down is in the first one only. */
const SERIES = [['up', 'requests'], ['temperature']] as const;

/** A scrape of one replica, as the records that ingest makes of its request. */
function scraped(replica: string, at: number, reached: boolean): readonly Appended[] {
  return SERIES.map((names, shard) => {
    const samples = names.map((name) => {
      const stale = !reached && name !== 'up';
      return { name, stale, value: stale ? NaN : name === 'up' ? Number(reached) : at };
    });
    return recordOf({ replica, at, shard, samples }, reached);
  });
}

interface Scraped {
  readonly replica: string;
  readonly at: number;
  readonly shard: number;
  readonly samples: readonly { readonly name: string; readonly value: number; readonly stale: boolean }[];
}

function recordOf({ replica, at, shard, samples }: Scraped, reached: boolean): Appended {
  const timestampMs = T0 + at * 1000;
  const body = bodyOf({ replica, at, samples });
  const down = bodyOf({ replica, at, samples: [{ name: 'up', value: 0, stale: false }] });
  const scanned = scan('v2', down, { clusterLabel: 'cluster', replicaLabel: '__replica__' });
  const downTargets = reached || !scanned.ok ? [] : scanned.summary.downTargets;
  const span = { minTimestampMs: timestampMs, maxTimestampMs: timestampMs };
  const headers = encodeSamplesHeaders({
    ...{ tenant: 't', pair: { cluster: 'c', replica }, shard, protocol: '2.0', samples: samples.length, span },
    ...{ receivedAtMs: timestampMs, downTargets },
  });
  return { timestampMs: timestampMs + 500, key: shardKey('t', 'c', shard), value: compress(body), headers };
}

function bodyOf({ replica, at, samples }: Omit<Scraped, 'shard'>): Uint8Array {
  return encode(
    'v2',
    samples.map(({ name, value, stale }) => ({
      labels: [
        { name: '__name__', value: name },
        { name: '__replica__', value: replica },
        { name: 'cluster', value: 'c' },
        { name: 'instance', value: 'h:1' },
        { name: 'job', value: 'node' },
      ],
      samples: [{ value, stale, timestampMs: T0 + at * 1000 }],
    })),
  );
}

/** The election of a replica, in both shards. */
function elected(replica: string | null, epoch: number, at: number): readonly Appended[] {
  return SERIES.map((_, shard) => ({
    timestampMs: T0 + at * 1000,
    key: shardKey('t', 'c', shard),
    ...barrierRecord.encode({
      ...{ tenant: 't', cluster: 'c', shard, epoch, replica, reason: 'first-seen', electedAtMs: T0 + at * 1000 },
      ...{ previousReplica: null, previousReceivedAtMs: null, previousHighTimestampMs: null },
      ...{ sourcePartition: 0, sourceOffset: 0 },
    }),
  }));
}

/** `a` cannot scrape the target from 40 to 90 s; `b`, two seconds later each time, can. */
const STORY: readonly Appended[] = [
  ...elected('a', 1, 0),
  ...Array.from({ length: 20 }, (_, i) => 10 * (i + 1)).flatMap((at) => [
    ...scraped('a', at, at < 40 || at > 90),
    ...scraped('b', at + 2, true),
  ]),
];

async function played(records: readonly Appended[], lives: readonly ClientOptions[] = [{}]): Promise<SimulatedStorage> {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, records);
  for (const options of lives) {
    const log = new SimulatedLog(storage, options);
    await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), settings: SPREAD }), log);
    if (!log.dead && log.errors.length > 0) throw new Error('the service failed', { cause: log.errors[0] });
  }
  return storage;
}

/** What came out of a series: seconds, `!` behind an end, `+` behind what is filled. */
function cameOut(storage: SimulatedStorage, shard: number, name: string): readonly string[] {
  return (outputOf(storage).samples.get(shardId('t', 'c', shard)) ?? [])
    .filter(({ series }) => series === `${name}{node}`)
    .map(({ stampMs, stale, fill }) => `${stampMs / 1000}${stale ? '!' : ''}${fill === undefined ? '' : '+'}`);
}

const FILLED = '10 20 30 42+ 52+ 62+ 72+ 82+ 92+ 100 110'.split(' ');

beforeAll(() => setMaxListeners(0));

describe('a spread cluster whose elected replica cannot scrape a target', () => {
  test('is filled in all shards, over at one scrape and back at one, no series ends (P11, P12, D3)', async () => {
    const storage = await played(STORY);
    expect(cameOut(storage, 0, 'requests').slice(0, FILLED.length)).toEqual(FILLED);
    expect(cameOut(storage, 1, 'temperature').slice(0, FILLED.length)).toEqual(FILLED);
    expect(cameOut(storage, 0, 'up')).toEqual(Array.from({ length: 20 }, (_, i) => `${10 * (i + 1)}`));
  });

  test('comes out the same wherever instances die (P12, P13)', async () => {
    const bytesOf = (storage: SimulatedStorage): readonly string[] =>
      bodiesOf(storage).map(({ headers, value }) => {
        const own = Object.entries(headers).filter(([name]) => name !== 'high-ts' && name !== 'watermark');
        return `${JSON.stringify(own)} ${Buffer.from(value ?? []).toString('base64')}`;
      });
    const byKey = (lines: readonly string[]): readonly string[] => lines.toSorted();
    const expected = byKey(bytesOf(await played(STORY)));
    for (let at = 0; at < 24; at += 1) {
      const dying: ClientOptions = { batchRecords: () => 3, fate: (n) => (n === at ? 'dies' : 'lives') };
      const again: ClientOptions = { batchRecords: () => 2, fate: (n) => (n === 3 ? 'dies-after' : 'lives') };
      expect(byKey(bytesOf(await played(STORY, [dying, again, {}])))).toEqual(expected);
    }
  });

  test('is filled from the same replica in all shards, whoever was heard first (P12)', async () => {
    const third = (at: number): readonly Appended[] => scraped('c', at, true);
    const records = [
      ...elected('a', 1, 0),
      ...[10, 20, 30].flatMap((at) => [
        ...scraped('a', at, true),
        // Of the two standbys the one is heard first in one shard, the other one in the other.
        ...[scraped('b', at + 2, true)[0], third(at + 2)[1], third(at + 2)[0], scraped('b', at + 2, true)[1]],
      ]),
      ...[40, 50, 60, 70].flatMap((at) => [
        ...scraped('a', at, false),
        ...scraped('b', at + 2, true),
        ...third(at + 3),
      ]),
    ].filter((record) => record !== undefined);
    const storage = await played(records);
    const filled = ['10', '20', '30', '42+', '52+', '62+', '72+'];
    expect(cameOut(storage, 0, 'requests')).toEqual(filled);
    expect(cameOut(storage, 1, 'temperature')).toEqual(filled);
  });

  test('ends its fills with the epoch: what is vacant is not filled', async () => {
    const story = STORY.filter(({ timestampMs }) => timestampMs < T0 + 70_000);
    const after = [...elected(null, 1, 70), ...scraped('b', 72, true), ...scraped('b', 82, true)];
    const storage = await played([...story, ...after]);
    expect(cameOut(storage, 1, 'temperature')).toEqual(['10', '20', '30', '42+', '52+', '62+']);
  });

  test('is written down at least every update timeout, with what is known of its targets (P13)', async () => {
    const storage = await played(STORY, [{ batchRecords: () => 1 }]);
    const written = storage
      .records(TOPICS.clusters, 0)
      .filter(({ headers }) => shardRecord.is(headers))
      .map((record) => shardRecord.decode(record))
      .flatMap((decoded) => (decoded.ok && decoded.value.shard === 1 ? [decoded.value] : []));
    const withReport = written.filter(({ watch }) => watch?.replicas.some(({ down }) => down.length > 0) === true);
    expect(withReport.length).toBeGreaterThan(0);
    const gaps = written.slice(1).map(({ atMs }, i) => (atMs ?? 0) - (written[i]?.atMs ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(SETTINGS.elections.updateTimeoutMs + 10_000);
  });
});
