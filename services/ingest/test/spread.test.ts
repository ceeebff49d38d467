import { describe, expect, it } from '@jest/globals';
import { decodeSamplesHeaders, heartbeatRecord, shardKey, spreadTable, type Heartbeat } from '@tandem/records';
import { decode, decompress, type Protocol } from '@tandem/remote-write';
import { fingerprintOf, shardOf } from '@tandem/series';
import { type HttpRequest } from '@tandem/server';
import { LogError, partitionOf, type OutgoingRecord, type Position, type RecordAppender } from '@tandem/stream';
import { createMetrics, NO_LOGGER, type Metrics } from '@tandem/telemetry';
import { VirtualClock } from '@tandem/testing';

import { Heartbeats, HEARTBEAT_INTERVAL_MS, MAX_TALLIES } from '../src/heartbeats.ts';
import { createIngest } from '../src/ingest.ts';
import { INGEST_METRICS } from '../src/metrics.ts';
import { planRequest, type Plan } from '../src/plan.ts';
import { body, SETTINGS, T0, type SeriesSpec } from './requests.ts';

const SPREAD = [{ tenant: 't', cluster: 'big', shards: 4 }];
const shardsOf = spreadTable(SPREAD);
const PLAN_SETTINGS = { ...SETTINGS, spread: SPREAD, shardsOf };

function seriesOf(replica: string, count = 40): readonly SeriesSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    cluster: 'big',
    replica,
    name: `m${index}`,
    timestampMs: T0 + index,
  }));
}

function planned(specs: readonly SeriesSpec[], protocol: Protocol, receivedAtMs = T0 + 100): Plan {
  const plan = planRequest({ protocol, tenant: 't', body: body(specs, protocol), receivedAtMs }, PLAN_SETTINGS);
  if (!plan.ok) throw new Error(plan.message);
  return plan;
}

/** Names of the series of each record, by the shard in its header. */
function namesByShard({ records }: Plan, protocol: Protocol): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  for (const { headers = {}, value } of records) {
    const decoded = decodeSamplesHeaders(headers);
    const inflated = decompress(value ?? new Uint8Array(), 1 << 24);
    const request = inflated.ok ? decode(protocol, inflated.data) : inflated;
    if (!decoded.ok || !request.ok) throw new Error('unreadable');
    const names = request.series.map(({ labels }) => labels.find(({ name }) => name === '__name__')?.value ?? '');
    found.set(decoded.headers.shard ?? -1, names);
  }
  return found;
}

describe.each(['v1', 'v2'] as const)('a %s request of a spread cluster', (protocol) => {
  it('becomes one record per shard, each keyed and placed by its shard', () => {
    const { records, untouched } = planned(seriesOf('a'), protocol);
    expect(untouched).toBe(false);
    for (const { headers, key, partition } of records) {
      const expected = shardKey('t', 'big', Number(headers?.['shard']));
      expect(key).toEqual(expected);
      expect(partition).toBe(partitionOf(expected, SETTINGS.partitions));
    }
    expect(new Set(records.map(({ headers }) => headers?.['shard'])).size).toBe(4);
  });

  it('has each series in the shard of its fingerprint, for both replicas alike', () => {
    const ofA = namesByShard(planned(seriesOf('a'), protocol), protocol);
    const ofB = namesByShard(planned(seriesOf('b'), protocol), protocol);
    expect([...ofB].sort()).toEqual([...ofA].sort());
    for (const [shard, names] of ofA) {
      for (const name of names) {
        const labels = [
          { name: '__name__', value: name },
          { name: 'cluster', value: 'big' },
        ];
        expect(shardOf(fingerprintOf(labels), 4)).toBe(shard);
      }
    }
    expect([...ofA.values()].flat().sort()).toEqual(
      seriesOf('a')
        .map(({ name }) => name)
        .sort(),
    );
  });

  const UP = { cluster: 'big', replica: 'a', name: 'up', labels: { job: 'node', instance: 'h:1' }, value: 0 };

  it('names in each of its records which targets are down for its replica, whatever shard their `up` is in (P11)', () => {
    const { records } = planned([UP, ...seriesOf('a'), ...seriesOf('b')], protocol);
    const named = records.map(({ headers }) => [headers?.['replica'], headers?.['down-targets']]);
    const [target] = planned([UP], protocol).records.map(({ headers }) => headers?.['down-targets']);
    expect(target).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(named.map(([replica, down]) => `${replica} ${down}`))).toEqual(
      new Set([`a ${target}`, 'b undefined']),
    );
    expect(named).toHaveLength(8);
  });

  it('names them once in a shard, where a part of it is more than a record', () => {
    const padding = 'x'.repeat(2000);
    const large = seriesOf('a', 60).map((spec, i) => ({ ...spec, labels: { padding: `${i}${padding}${i * 7919}` } }));
    const settings = { ...PLAN_SETTINGS, maxRecordBytes: 2000 };
    const plan = planRequest(
      { protocol, tenant: 't', body: body([UP, ...large], protocol), receivedAtMs: T0 },
      settings,
    );
    const records = plan.ok ? plan.records : [];
    const naming = records.filter(({ headers }) => headers?.['down-targets'] !== undefined);
    expect(records.length).toBeGreaterThan(4);
    expect(naming.map(({ headers }) => headers?.['shard']).sort()).toEqual(['0', '1', '2', '3']);
  });

  it('leaves the other clusters of the request together', () => {
    const { records } = planned([...seriesOf('a', 3), { cluster: 'small', replica: 'a' }], protocol);
    const small = records.filter(({ key }) => Buffer.from(key ?? []).toString() === 't/small');
    expect(small).toHaveLength(1);
    expect(small[0]?.headers?.['shard']).toBeUndefined();
  });
});

/** A log that keeps what it is given, or fails, or both. */
class RecordingLog implements RecordAppender {
  readonly records: OutgoingRecord[] = [];
  failing = false;
  /** It says that it has failed, and has not. */
  lying = false;

  partitions(): Promise<number> {
    return Promise.resolve(SETTINGS.partitions);
  }

  append(records: readonly OutgoingRecord[]): Promise<readonly Position[]> {
    if (this.failing) return Promise.reject(new LogError('unavailable', 'cannot append'));
    this.records.push(...records);
    if (this.lying) return Promise.reject(new LogError('unavailable', 'cannot tell whether it is appended'));
    return Promise.resolve([]);
  }

  get heartbeats(): readonly Heartbeat[] {
    return this.records.map(({ value, headers = {} }) => {
      const decoded = heartbeatRecord.decode({ value, headers });
      if (!decoded.ok) throw new Error(decoded.problem);
      return decoded.value;
    });
  }
}

interface Setup {
  readonly log: RecordingLog;
  readonly clock: VirtualClock;
  readonly heartbeats: Heartbeats;
  readonly metrics: Metrics;
  /** Lets a second pass, and what it begins come to its end. */
  readonly tick: () => Promise<void>;
}

function setup(): Setup {
  const log = new RecordingLog();
  const clock = new VirtualClock(T0);
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const heartbeats = new Heartbeats({
    log,
    topic: 'tandem.heartbeats',
    shardsOf,
    metrics: metrics.instruments(INGEST_METRICS),
    logger: NO_LOGGER,
    clock,
  });
  heartbeats.start();
  const tick = async (): Promise<void> => {
    clock.advance(HEARTBEAT_INTERVAL_MS);
    // The next one is scheduled when this one has come to its end.
    while (clock.pending === 0) await Promise.resolve();
  };
  return { log, clock, heartbeats, metrics, tick };
}

describe('a request of a spread cluster', () => {
  it.each([
    ['told of once it is in the log', false, 204, 1],
    ['not told of where it did not come into the log', true, 503, 0],
  ])('is %s', async (_, failing, status, heartbeats) => {
    const log = new RecordingLog();
    const clock = new VirtualClock(T0);
    const ingest = createIngest({
      log,
      settings: { ...SETTINGS, defaultTenant: 't', spread: SPREAD },
      metrics: createMetrics({ version: 'test', processMetrics: false }),
      logger: NO_LOGGER,
      clock,
      now: () => T0,
    });
    log.failing = failing;
    const answer = await ingest.routes[0]?.handler(requestOf(body(seriesOf('a'), 'v1')));
    expect(answer?.status).toBe(status);
    log.failing = false;
    const [component] = ingest.components;
    await component?.stop();
    expect(log.records.filter(({ topic }) => topic === SETTINGS.heartbeatsTopic)).toHaveLength(heartbeats);
  });
});

function requestOf(bytes: Uint8Array): HttpRequest {
  return {
    method: 'POST',
    path: '/api/v1/write',
    params: {},
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    remoteAddress: '127.0.0.1',
    signal: new AbortController().signal,
    readBody: () => Promise.resolve({ outcome: 'read', bytes: Buffer.from(bytes) }),
    reserve: () => undefined,
  };
}

describe('heartbeats', () => {
  it('sum up once a second what was appended of each replica, shard by shard', async () => {
    const { heartbeats, log, tick } = setup();
    heartbeats.note(planned(seriesOf('a'), 'v1', T0 + 100).beats);
    heartbeats.note(planned(seriesOf('a'), 'v2', T0 + 300).beats);
    heartbeats.note(planned(seriesOf('b', 8), 'v1', T0 + 200).beats);
    expect(log.records).toEqual([]);
    await tick();
    const [ofA, ofB, ...others] = log.heartbeats;
    expect(others).toEqual([]);
    expect(ofA).toMatchObject({
      tenant: 't',
      cluster: 'big',
      replica: 'a',
      shards: 4,
      samples: 80,
      minTimestampMs: T0,
      maxTimestampMs: T0 + 39,
      receivedFromMs: T0 + 100,
      receivedUntilMs: T0 + 300,
    });
    expect(ofA?.perShard.map(({ shard }) => shard)).toEqual([0, 1, 2, 3]);
    expect(ofA?.perShard.reduce((sum, { samples }) => sum + samples, 0)).toBe(80);
    expect(ofB).toMatchObject({ replica: 'b', samples: 8 });
    const key = Buffer.from('t/big');
    expect(log.records.map((record) => [Buffer.from(record.key ?? []), record.partition])).toEqual([
      [key, partitionOf(key, SETTINGS.partitions)],
      [key, partitionOf(key, SETTINGS.partitions)],
    ]);
  });

  it('name how many targets each shard has seen down', async () => {
    const { heartbeats, log, tick } = setup();
    const up = { cluster: 'big', replica: 'a', name: 'up', labels: { job: 'node', instance: 'h:1' }, value: 0 };
    heartbeats.note(planned([up], 'v1').beats);
    await tick();
    expect(log.heartbeats[0]?.perShard).toEqual([expect.objectContaining({ samples: 1, downTargets: 1 })]);
  });

  it('say nothing of clusters that are not spread, and nothing when nobody has sent', async () => {
    const { heartbeats, log, tick } = setup();
    heartbeats.note(planned([{ cluster: 'small', replica: 'a' }], 'v1').beats);
    await tick();
    await tick();
    expect(log.records).toEqual([]);
  });

  it('that could not be appended are told with the next ones', async () => {
    const { heartbeats, log, tick } = setup();
    log.failing = true;
    heartbeats.note(planned(seriesOf('a'), 'v1', T0).beats);
    await tick();
    log.failing = false;
    heartbeats.note(planned(seriesOf('a', 8), 'v1', T0 + 1500).beats);
    await tick();
    expect(log.heartbeats).toEqual([
      expect.objectContaining({ samples: 40, receivedFromMs: T0, receivedUntilMs: T0 }),
      expect.objectContaining({ samples: 8, receivedFromMs: T0 + 1500 }),
    ]);
  });

  it('that may be in the log though the append failed are told again as they were, before the next ones', async () => {
    const { heartbeats, log, tick } = setup();
    heartbeats.note(planned(seriesOf('a'), 'v1', T0).beats);
    log.lying = true;
    await tick();
    log.lying = false;
    heartbeats.note(planned(seriesOf('a', 8), 'v1', T0 + 1500).beats);
    await tick();
    const [first, again, next] = log.records;
    expect(log.records).toHaveLength(3);
    expect(again).toEqual(first);
    expect(log.heartbeats.map(({ samples }) => samples)).toEqual([40, 40, 8]);
    expect(next).not.toEqual(again);
  });

  it('count a request that is sent again once, but hear it (E25)', async () => {
    const { heartbeats, log, tick } = setup();
    heartbeats.note(planned(seriesOf('a'), 'v1', T0).beats);
    heartbeats.note(planned(seriesOf('b'), 'v1', T0).beats);
    await tick();
    heartbeats.note(planned(seriesOf('a'), 'v1', T0 + 1500).beats);
    await tick();
    const told = log.heartbeats.map(({ replica, samples, perShard }) => [replica, samples, perShard.length]);
    expect(told).toEqual([
      ['a', 40, 4],
      ['b', 40, 4],
      ['a', 0, 0],
    ]);
    const span = { minTimestampMs: T0, maxTimestampMs: T0 + 39 };
    expect(log.heartbeats[2]).toMatchObject({ ...span, receivedUntilMs: T0 + 1500 });
  });

  it('are of a bounded number of replicas a second', async () => {
    const { heartbeats, log, tick, metrics } = setup();
    for (let replica = 0; replica <= MAX_TALLIES; replica++) {
      heartbeats.note(planned(seriesOf(`r${replica}`, 1), 'v1').beats);
    }
    await tick();
    expect(log.records).toHaveLength(MAX_TALLIES);
    expect(await metrics.render()).toContain('tandem_ingest_heartbeats_total{outcome="dropped"} 1');
  });

  it('are told one last time at the end', async () => {
    const { heartbeats, log, clock } = setup();
    heartbeats.note(planned(seriesOf('a'), 'v1').beats);
    await heartbeats.stop();
    expect(log.heartbeats).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
