import { describe, expect, test } from '@jest/globals';
import { decodeDedupedHeaders, electionRecord, HEADER, rejectRecord } from '@tandem/records';
import { compress, decompress, encode } from '@tandem/remote-write';
import { createMetrics, type LogFields, type Logger, type Metrics, NO_LOGGER } from '@tandem/telemetry';

import { type DedupService, type DedupSettings } from '../src/index.ts';
import {
  bodiesOf,
  emitted,
  instanceOf,
  recordOf,
  runToEnd,
  samplesOf,
  SETTINGS,
  T0,
  TOPICS,
  waitFor,
  type Sent,
} from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { type Appended, SimulatedLog, SimulatedStorage } from './simulated-log.ts';

const of = (replica: string, at: number, more: Partial<Sent> = {}): Sent => ({
  at,
  replica,
  samples: [['x', at]],
  ...more,
});

function instanceOn(
  storage: SimulatedStorage,
  more: { readonly metrics?: Metrics; readonly logger?: Logger; readonly settings?: DedupSettings } = {},
): [DedupService, SimulatedLog] {
  const log = new SimulatedLog(storage);
  return [instanceOf({ log, leases: new ScriptedLeases(), ...more }), log];
}

/** What an instance made of records. */
async function outcomeOf(records: readonly Appended[], settings: DedupSettings = SETTINGS) {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, records);
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const log = new SimulatedLog(storage);
  const service = instanceOf({ log, leases: new ScriptedLeases(), metrics, settings });
  await runToEnd(storage, service, log);
  return { storage, text: await metrics.render() };
}

const withValue = (record: Appended, value: Uint8Array | null): Appended => ({ ...record, value });
const garbage = Buffer.from('not snappy at all');

/** A snappy block whose protobuf is good for one series and then breaks off. */
function brokenOff(record: Appended): Appended {
  const inflated = decompress(record.value ?? garbage, 1_000_000);
  if (!inflated.ok) throw new Error(inflated.problem.message);
  return withValue(record, compress(Buffer.concat([inflated.data, Buffer.from([0x0a, 0x7f, 0x0a])])));
}

describe('what goes on', () => {
  test('the elected replica’s samples, without the replica label, with headers that say where from', async () => {
    const { storage, text } = await outcomeOf([of('a', 0), of('b', 1), of('a', 2)].map(recordOf));
    const [first, second] = bodiesOf(storage);
    expect(emitted(storage)).toEqual(['x@0', 'x@2']);
    expect(decodeDedupedHeaders(first?.headers ?? {})).toEqual({
      ok: true,
      headers: {
        tenant: 't',
        pair: { cluster: 'c', replica: 'a' },
        protocol: '1.0',
        samples: 1,
        span: { minTimestampMs: T0, maxTimestampMs: T0 },
        receivedAtMs: T0,
        epoch: 1,
        sourcePartition: 0,
        sourceOffset: 0,
      },
    });
    expect(second?.headers).toMatchObject({ 'source-offset': '2', 'high-ts': String(T0) });
    expect(Buffer.from(second?.key ?? []).toString()).toBe('t/c');
    expect(text).toContain('tandem_dedup_deduped_samples_total{user="t",cluster="c"} 1');
    expect(text).toContain('tandem_dedup_dropped_samples_total{reason="standby"} 1');
    expect(text).toContain('tandem_dedup_received_samples_total 3');
    expect(text).toContain('tandem_dedup_emitted_samples_total 2');
  });

  test('the body of a standby is never looked at', async () => {
    const { storage } = await outcomeOf([recordOf(of('a', 0)), withValue(recordOf(of('b', 1)), garbage)]);
    expect(storage.records(TOPICS.rejects)).toEqual([]);
    expect(emitted(storage)).toEqual(['x@0']);
  });

  test('series of no pair as they are, bytes and all, less their repeats', async () => {
    const unpaired: Sent = { at: 0, samples: [['u', 0]] };
    const { storage, text } = await outcomeOf(
      [unpaired, unpaired, { at: 1, samples: [['u', 1]] } as const].map(recordOf),
    );
    const [first] = bodiesOf(storage);
    expect(Buffer.from(first?.value ?? []).toString('hex')).toBe(
      Buffer.from(recordOf(unpaired).value ?? []).toString('hex'),
    );
    expect(first?.headers[HEADER.epoch]).toBeUndefined();
    expect(emitted(storage)).toEqual(['u@0', 'u@1']);
    expect(text).toContain('tandem_dedup_non_ha_samples_received_total{user="t"} 3');
  });

  test('records of a replica whose name is too long, labels and all', async () => {
    const replica = 'r'.repeat(2049);
    const { storage } = await outcomeOf([recordOf(of(replica, 0)), recordOf(of(replica, 1))]);
    const records = bodiesOf(storage);
    expect(records).toHaveLength(2);
    for (const record of records) expect(() => samplesOf(record)).toThrow('a replica label was left');
    expect(storage.records(TOPICS.elections)).toEqual([]);
  });

  test('metadata alone', async () => {
    // WriteRequest.metadata (field 3): type counter, metric family name "m".
    const body = Buffer.from([0x1a, 0x05, 0x08, 0x01, 0x12, 0x01, 0x6d]);
    const record = withValue(recordOf({ at: 0, samples: [] }), compress(body));
    const { storage } = await outcomeOf([record]);
    expect(Buffer.from(bodiesOf(storage)[0]?.value ?? [])).toEqual(Buffer.from(compress(body)));
  });

  test('no repeat of series of no pair, however long their key was silent', async () => {
    const hours = (n: number): number => n * 3600;
    const sent: Sent[] = [{ at: 0, samples: [['u', 0]] }, of('a', hours(1)), { at: hours(2), samples: [['u', 0]] }];
    const { storage, text } = await outcomeOf([...sent, { at: hours(2), samples: [['u', 1]] } as const].map(recordOf));
    expect(emitted(storage)).toEqual(['u@0', `x@${hours(1)}`, 'u@1']);
    expect(text).toContain('tandem_dedup_look_backs_total 1');
  });

  test('series of the same labels of two tenants are two series', async () => {
    const { storage } = await outcomeOf([of('a', 0), of('a', 0, { tenant: 'u' })].map(recordOf));
    expect(emitted(storage)).toEqual(['x@0', 'x@0']);
  });

  test('a body over the limit in parts, each with its own counts', async () => {
    const names = Array.from({ length: 400 }, (_, i) => `series-${(i * 7919) % 1000}-${i ** 3}`);
    const big = recordOf(of('a', 0, { samples: names.map((name) => [name, 0] as const) }));
    const { storage } = await outcomeOf([big], { ...SETTINGS, maxRecordBytes: 2000 });
    const records = bodiesOf(storage);
    expect(records.length).toBeGreaterThan(1);
    expect(Math.max(...records.map(({ value }) => value?.length ?? 0))).toBeLessThanOrEqual(2000);
    expect(emitted(storage)).toEqual(names.map((name) => `${name}@0`));
    const counts = records.map(({ headers }) => Number(headers[HEADER.samples]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(400);
  });
});

describe('what retention removed before it was read', () => {
  test('is counted and told once, where from and where to', async () => {
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, [of('a', 0)].map(recordOf));
    await runToEnd(storage, ...instanceOn(storage));
    storage.append(
      TOPICS.samples,
      0,
      [1, 2, 3, 4, 5].map((at) => recordOf(of('a', at))),
    );
    storage.retain(TOPICS.samples, 0, 4);
    const metrics = createMetrics({ version: 'test', processMetrics: false });
    const lines: (readonly [LogFields, string])[] = [];
    const logger: Logger = { ...NO_LOGGER, error: (fields, message) => lines.push([fields, message]) };
    await runToEnd(storage, ...instanceOn(storage, { metrics, logger }));
    expect(emitted(storage)).toEqual(['x@0', 'x@4', 'x@5']);
    expect(await metrics.render()).toContain('tandem_dedup_lost_to_retention_records_total 3');
    expect(lines).toEqual([
      [{ topic: 'samples', partition: 0, from: 1, to: 4 }, 'retention removed records before they were read'],
    ]);
  });

  test('is nothing where the processing kept up', async () => {
    const { text } = await outcomeOf([of('a', 0), of('a', 1)].map(recordOf));
    expect(text).toContain('tandem_dedup_lost_to_retention_records_total 0');
  });
});

describe('elections', () => {
  test('row 8c: they are written down with their interval and reason', async () => {
    const { storage, text } = await outcomeOf(
      [of('a', 0), of('b', 15), of('b', 30, { samples: [['x', 25]] })].map(recordOf),
    );
    const elections = storage.records(TOPICS.elections).map((record) => electionRecord.decode(record));
    expect(elections).toMatchObject([
      { value: { epoch: 1, replica: 'a', reason: 'first-seen', fromTimestampMs: null, previousReplica: null } },
      {
        value: {
          epoch: 2,
          replica: 'b',
          reason: 'failover',
          fromTimestampMs: T0 + 25_000,
          previousReplica: 'a',
          previousReceivedAtMs: T0,
          sourceOffset: 2,
        },
      },
    ]);
    expect(text).toContain('tandem_ha_tracker_elected_replica_changes_total{user="t",cluster="c"} 1');
    expect(text).toContain('tandem_dedup_elections_total{user="t",cluster="c",reason="failover"} 1');
  });

  test('row 22: only the elected replica has the status metric', async () => {
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, [of('a', 0), of('b', 15), of('b', 30)].map(recordOf));
    const metrics = createMetrics({ version: 'test', processMetrics: false });
    const log = new SimulatedLog(storage);
    const service = instanceOf({ log, leases: new ScriptedLeases(), metrics });
    await service.start(new AbortController().signal);
    await waitFor(() => storage.drained(TOPICS.samples), 'the end');
    const status = (await metrics.render()).match(/^tandem_ha_tracker_elected_replica_status\{.*$/gmu);
    expect(status).toEqual(['tandem_ha_tracker_elected_replica_status{user="t",cluster="c",replica="b"} 1']);
    await service.stop();
    expect(await metrics.render()).not.toContain('replica="b"');
  });

  test('row 21: a cluster that gave its place up leaves no metrics behind, the others keep theirs', async () => {
    const { text } = await outcomeOf([of('a', 0), of('b', 1), of('a', 3600, { cluster: 'd' })].map(recordOf));
    const clusters = new Set(Array.from(text.matchAll(/cluster="([^"]+)"/gu), ([, cluster]) => cluster));
    expect([...clusters]).toEqual(['d']);
  });

  test('row 28d: one cluster more than the limit goes no further', async () => {
    const settings = { ...SETTINGS, elections: { ...SETTINGS.elections, maxClusters: 1 } };
    const { storage, text } = await outcomeOf([of('a', 0), of('a', 1, { cluster: 'd' })].map(recordOf), settings);
    expect(emitted(storage)).toEqual(['x@0']);
    expect(text).toContain('tandem_dedup_dropped_samples_total{reason="too-many-clusters"} 1');
  });
});

describe('a tenant over its limit of clusters', () => {
  test('is named in the status and in the log', async () => {
    const settings = { ...SETTINGS, elections: { ...SETTINGS.elections, maxClusters: 1 } };
    const lines: LogFields[] = [];
    const logger: Logger = { ...NO_LOGGER, warn: (fields) => lines.push(fields) };
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, [of('a', 0), of('a', 1, { cluster: 'd' })].map(recordOf));
    const [service] = instanceOn(storage, { settings, logger });
    await service.start(new AbortController().signal);
    await waitFor(() => storage.drained(TOPICS.samples) && lines.length > 0, 'everything to be committed');
    expect(service.status().degraded).toEqual([
      'samples of cluster "d" are dropped: tenant "t" has as many clusters as it may (dedup.max_clusters)',
    ]);
    expect(lines).toEqual([{ tenant: 't', cluster: 'd' }]);
    await service.stop();
  });
});

describe('what cannot be processed', () => {
  test.each([
    ['bad headers', { ...recordOf(of('a', 1)), headers: { version: '9' } }, 'bad-headers'],
    ['no value', withValue(recordOf(of('a', 1)), null), 'no-value'],
    ['no snappy', withValue(recordOf(of('a', 1)), garbage), 'corrupt-snappy'],
    ['no protobuf', withValue(recordOf(of('a', 1)), compress(Buffer.from([0xff, 0xff, 0xff]))), 'malformed'],
    ['too much inside', withValue(recordOf(of('a', 1)), compress(Buffer.alloc(1_000_001))), 'too-large'],
  ])('%s: goes to rejects with the reason, and the stream goes on', async (_what, record, reason) => {
    const { storage, text } = await outcomeOf([recordOf(of('a', 0)), record, recordOf(of('a', 2))]);
    expect(emitted(storage)).toEqual(['x@0', 'x@2']);
    const [reject] = storage.records(TOPICS.rejects);
    expect(rejectRecord.decode({ value: reject?.value ?? null, headers: reject?.headers ?? {} })).toMatchObject({
      value: {
        by: 'dedup',
        reason,
        sourceTopic: 'samples',
        sourcePartition: 0,
        sourceOffset: 1,
        headers: record.headers,
      },
    });
    expect(text).toContain(`tandem_dedup_rejected_records_total{reason="${reason}"} 1`);
  });

  test('samples of a body that breaks off are not taken for repeats when they come again', async () => {
    const { storage } = await outcomeOf([recordOf(of('a', 0)), brokenOff(recordOf(of('a', 1))), recordOf(of('a', 1))]);
    expect(emitted(storage)).toEqual(['x@0', 'x@1']);
    expect(storage.records(TOPICS.rejects)).toHaveLength(1);
  });

  test('a single series over the limit is rejected, and comes through when it is smaller', async () => {
    const name = Array.from({ length: 3000 }, (_, i) => (i ** 3).toString(36)).join('');
    const huge = recordOf(of('a', 0, { samples: [[name, 0]] }));
    const body = encode('v1', [
      { labels: [{ name: '__name__', value: name }], samples: [{ value: 1, timestampMs: T0 }] },
    ]);
    expect(compress(body).length).toBeGreaterThan(5000);
    const { storage, text } = await outcomeOf([huge, recordOf(of('a', 1))], { ...SETTINGS, maxRecordBytes: 5000 });
    expect(emitted(storage)).toEqual(['x@1']);
    expect(text).toContain('tandem_dedup_rejected_records_total{reason="too-large"} 1');
  });
});

/** A service that runs while the test looks at it. */
async function running(storage: SimulatedStorage, leases: ScriptedLeases, logger: Logger = NO_LOGGER) {
  const log = new SimulatedLog(storage);
  const service: DedupService = instanceOf({ log, leases, logger });
  await service.start(new AbortController().signal);
  const settled = (): Promise<void> => waitFor(() => storage.drained(TOPICS.samples), 'everything to be committed');
  await settled();
  return { log, service, settled };
}

describe('the service', () => {
  test('it starts when the log can be reached', async () => {
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, [recordOf(of('a', 0))]);
    const [service, log] = instanceOn(storage);
    log.outage = 2;
    await runToEnd(storage, service, log);
    expect([emitted(storage), log.outage]).toEqual([['x@0'], 0]);
  });

  const WELL = { score: 1, freshness: 1, completeness: 1, targetsUp: 1, lagMs: 0 };

  test('it says who is elected, since when, and whom it heard', async () => {
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, [of('a', 0), of('b', 1), of('a', 2)].map(recordOf));
    const { service } = await running(storage, new ScriptedLeases());
    expect(service.readiness()).toBeUndefined();
    expect(service.status()).toEqual({
      instance: 'd1',
      degraded: [],
      senders: [],
      partitions: [{ partition: 0, phase: 'running', position: 3, end: 3, catchingUp: 0 }],
      electors: [],
      clusters: [
        {
          tenant: 't',
          cluster: 'c',
          partition: 0,
          epoch: 1,
          elected: { replica: 'a', sinceMs: T0, receivedAtMs: T0 + 2000, pinned: false, failoverTimeoutMs: 30_000 },
          replicas: [
            { replica: 'a', lastRecordMs: T0 + 2000, highTimestampMs: T0 + 2000, ...WELL },
            { replica: 'b', lastRecordMs: T0 + 1000, highTimestampMs: T0 + 1000, ...WELL },
          ],
        },
      ],
    });
    await service.stop();
    expect(service.readiness()).toBe('dedup has stopped');
  });

  test('the stream goes on while the lease store is away, and the lease is written when it is back', async () => {
    const storage = new SimulatedStorage();
    const leases = new ScriptedLeases();
    leases.away = true;
    storage.append(TOPICS.samples, 0, [recordOf(of('a', 0))]);
    const { service, settled } = await running(storage, leases);
    await waitFor(() => service.status().degraded.length > 0, 'degraded');
    expect(service.status().degraded).toEqual(['the lease store cannot be reached']);
    storage.append(TOPICS.samples, 0, [of('b', 25), of('b', 40), of('a', 41)].map(recordOf));
    await settled();
    await waitFor(() => emitted(storage).length === 3, 'the seam');
    expect(emitted(storage)).toEqual(['x@0', 'x@25', 'x@40']);
    leases.away = false;
    await waitFor(() => leases.leases.get('t/c')?.epoch === 2, 'the lease');
    expect(leases.leases.get('t/c')).toMatchObject({ replica: 'b', owner: 'd1', receivedAtMs: T0 + 40_000 });
    await service.stop();
  });

  test('a lease that went to another owner ends the claim, which is then taken anew from the log', async () => {
    const storage = new SimulatedStorage();
    const leases = new ScriptedLeases();
    storage.append(TOPICS.samples, 0, [recordOf(of('a', 0))]);
    const { log, service, settled } = await running(storage, leases);
    await waitFor(() => leases.leases.size === 1, 'the lease');
    const taken = { ...leases.leases.get('t/c'), owner: 'd2' } as NonNullable<ReturnType<typeof leases.leases.get>>;
    leases.answer = (verb) =>
      verb === 'renew' ? { outcome: 'refused', reason: 'not-owner', current: taken } : undefined;
    storage.append(TOPICS.samples, 0, [recordOf(of('a', 25))]);
    await waitFor(() => log.errors.length > 0, 'the claim to end');
    expect(String(log.errors[0])).toContain('a lease went to "d2"');
    storage.append(TOPICS.samples, 0, [of('b', 26), of('a', 27)].map(recordOf));
    await settled();
    expect(emitted(storage)).toEqual(['x@0', 'x@25', 'x@27']);
    expect(leases.asked.filter((asked) => asked.startsWith('acquire'))).toHaveLength(2);
    await service.stop();
  });

  test('elections of another replica are logged', async () => {
    const lines: (readonly [LogFields, string])[] = [];
    const logger: Logger = { ...NO_LOGGER, info: (fields, message) => lines.push([fields, message]) };
    const storage = new SimulatedStorage();
    storage.append(TOPICS.samples, 0, [of('a', 0), of('b', 15), of('b', 30)].map(recordOf));
    const { service } = await running(storage, new ScriptedLeases(), logger);
    await service.stop();
    expect(lines.filter(([, message]) => message === 'another replica elected')).toEqual([
      [
        { tenant: 't', cluster: 'c', replica: 'b', epoch: 2, previous: 'a', reason: 'failover' },
        'another replica elected',
      ],
    ]);
  });
});
