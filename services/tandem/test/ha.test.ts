import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NO_HEALTH } from '@tandem/election';
import { clusterKey, forgottenKey, forgottenRecord, HEADER } from '@tandem/records';
import { type OutgoingRecord } from '@tandem/stream';
import { MemoryLog, MemoryLogStorage } from '@tandem/testing';

import { clusterHistory, type HistoryQuery } from '../src/ha/cluster-history.ts';
import { listClusters, type ListQuery } from '../src/ha/list-clusters.ts';
import { type Report } from '../src/ha/report.ts';
import { showCluster, type ShowQuery } from '../src/ha/show-cluster.ts';
import { clusterOutput, electionOutput, emptyLog, T0, TOPICS } from './ha-log.ts';

const MINUTE = 60_000;
const NOW = T0 + 3 * MINUTE;

let log: MemoryLog;
beforeEach(async () => {
  log = await emptyLog();
});
afterEach(() => log.close());

const list = (over: Partial<ListQuery> = {}): Promise<Report> =>
  listClusters(log, TOPICS, { tenant: undefined, json: false, nowMs: NOW, ...over });
const show = (cluster: string, over: Partial<ShowQuery> = {}): Promise<Report> =>
  showCluster(log, TOPICS, { tenant: undefined, cluster, json: false, nowMs: NOW, ...over });
const history = (cluster: string, over: Partial<HistoryQuery> = {}): Promise<Report> =>
  clusterHistory(log, TOPICS, {
    tenant: undefined,
    cluster,
    sinceMs: undefined,
    limit: 100,
    json: false,
    nowMs: NOW,
    ...over,
  });
const parsed = ({ text }: Report): unknown => JSON.parse(text);

/** The record as a version far ahead would write it. */
const fromTheFuture = (record: OutgoingRecord): OutgoingRecord => ({ ...record, headers: { [HEADER.version]: '99' } });

/** Elections 1 to `count` of t/prod, a minute apart. */
const elections = (count: number): OutgoingRecord[] =>
  Array.from({ length: count }, (_, index) =>
    electionOutput({ epoch: index + 1, electedAtMs: T0 + index * MINUTE, sourceOffset: index }),
  );

describe('tandem ha list', () => {
  it('has a line for every cluster of every partition, by tenant and cluster', async () => {
    await log.append([
      clusterOutput({ tenant: 'u', cluster: 'a', replica: 'r2', epoch: 12 }, 3),
      clusterOutput({ cluster: 'staging' }, 2),
      clusterOutput({ cluster: 'prod' }, 1),
    ]);
    const { text, notes } = await list();
    expect(text.split('\n')).toEqual([
      'TENANT  CLUSTER  ELECTED  EPOCH  ELECTED-SINCE                      LAST-HEARD                         FAILOVER-TIMEOUT  PARTITION  SENDERS',
      't       prod     a        1      2026-03-01T12:00:00.000Z (3m ago)  2026-03-01T12:00:01.000Z (2m ago)  30.0s             1          -',
      't       staging  a        1      2026-03-01T12:00:00.000Z (3m ago)  2026-03-01T12:00:01.000Z (2m ago)  30.0s             2          -',
      'u       a        r2       12     2026-03-01T12:00:00.000Z (3m ago)  2026-03-01T12:00:01.000Z (2m ago)  30.0s             3          -',
    ]);
    expect(notes).toEqual([]);
  });

  it('does not show what is left of clusters that are forgotten, nor one that is only read to its end', async () => {
    await log.append([
      { topic: TOPICS.clusters, partition: 0, key: forgottenKey('samples'), ...forgottenRecord.encode({ epoch: 7 }) },
      clusterOutput({ cluster: 'gone', epoch: 0, replica: null, electedAtMs: null, receivedAtMs: null }),
      clusterOutput({ cluster: 'prod' }),
    ]);
    const { text, notes } = await list({ json: true });
    expect(JSON.parse(text)).toMatchObject([{ cluster: 'prod' }]);
    expect(notes).toEqual([]);
  });

  it('shows the newest record of a cluster, and not one that was removed', async () => {
    await log.append([
      clusterOutput({ replica: 'a', epoch: 1 }),
      clusterOutput({ replica: 'b', epoch: 2 }),
      clusterOutput({ cluster: 'gone' }),
      { topic: TOPICS.clusters, partition: 0, key: clusterKey('t', 'gone'), value: null },
    ]);
    expect(parsed(await list({ json: true }))).toMatchObject([{ cluster: 'prod', elected: 'b', epoch: 2 }]);
  });

  it('shows a vacant cluster with dashes, and with null for programs', async () => {
    await log.append([
      clusterOutput({ replica: null, electedAtMs: null, receivedAtMs: null, failoverTimeoutMs: null, epoch: 4 }),
    ]);
    expect((await list()).text).toMatch(/^t +prod +- +4 +- +- +- +0 +-$/m);
    expect(parsed(await list({ json: true }))).toEqual([
      {
        tenant: 't',
        cluster: 'prod',
        elected: null,
        epoch: 4,
        elected_since: null,
        last_heard: null,
        failover_timeout_seconds: null,
        replicas: [],
        samples_from: null,
        shards: 1,
        partition: 0,
        offset: 7,
        fill: null,
      },
    ]);
  });

  it('keeps to a tenant', async () => {
    await log.append([clusterOutput(), clusterOutput({ tenant: 'u' })]);
    expect(parsed(await list({ json: true, tenant: 'u' }))).toMatchObject([{ tenant: 'u' }]);
    expect(await list({ tenant: 'v' })).toEqual({ text: '', notes: ['no clusters of this tenant'] });
    expect(parsed(await list({ json: true, tenant: 'v' }))).toEqual([]);
  });

  it('leaves out, and counts, a cluster whose newest record cannot be read: the one before no longer holds', async () => {
    await log.append([
      clusterOutput(),
      fromTheFuture(clusterOutput({ epoch: 2 })),
      clusterOutput({ cluster: 'other' }),
    ]);
    const { text, notes } = await list({ json: true });
    expect(JSON.parse(text)).toMatchObject([{ cluster: 'other' }]);
    expect(notes).toEqual(['1 record of tandem.clusters cannot be read and is left out: is this version older?']);
  });

  it('escapes what a sender could use to write elsewhere on the terminal', async () => {
    await log.append([clusterOutput({ cluster: 'x\u001b[2J\ny', replica: '' })]);
    const { text } = await list();
    expect(text).toContain(String.raw`x\u{1b}[2J\u{a}y`);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toContain('  ""  ');
  });

  it('says what to do where the topics are missing', async () => {
    const bare = new MemoryLog(new MemoryLogStorage());
    await expect(listClusters(bare, TOPICS, { tenant: undefined, json: false, nowMs: NOW })).rejects.toMatchObject({
      reason: 'unknown-topic',
      message: expect.stringContaining('stream.kafka.topic_prefix') as unknown,
    });
    await bare.close();
  });
});

describe('tandem ha show', () => {
  it('says what is filled from whom', async () => {
    const step = { epoch: 1, elected: 'a', standby: 'b', atMs: T0 };
    const fills = [
      { ...step, kind: 'open', offset: 3, targets: ['00000000000000aa'] },
      { ...step, kind: 'extend', offset: 5, targets: ['00000000000000bb'] },
    ];
    await log.append([clusterOutput({ fills })]);
    expect((await show('prod')).text).toMatch(/filled +2 targets from b, since /);
    expect(parsed(await show('prod', { json: true }))).toMatchObject({ fill: { standby: 'b', targets: 2 } });
  });

  it('shows nothing as filled once it is closed, or another epoch has begun', async () => {
    const open = {
      epoch: 1,
      elected: 'a',
      standby: 'b',
      atMs: T0,
      kind: 'open',
      offset: 3,
      targets: ['00000000000000aa'],
    };
    await log.append([clusterOutput({ fills: [open, { ...open, kind: 'close', offset: 4, targets: [] }] })]);
    expect(parsed(await show('prod', { json: true }))).toMatchObject({ fill: null });
    await log.append([clusterOutput({ epoch: 2, fills: [open] })]);
    expect(parsed(await show('prod', { json: true }))).toMatchObject({ fill: null });
  });

  it('shows a cluster with its last five elections, the oldest first', async () => {
    await log.append([clusterOutput({ epoch: 7 }), ...elections(7)]);
    const { text } = await show('prod');
    expect(text).toMatch(/^elected since +2026-03-01T12:00:00.000Z \(3m ago\)$/m);
    expect(text).toMatch(/^partition\/offset +0\/7$/m);
    expect([...text.matchAll(/^(\d+) +2026/gm)].map(([, epoch]) => Number(epoch))).toEqual([3, 4, 5, 6, 7]);
    expect(parsed(await show('prod', { json: true }))).toMatchObject({
      cluster: 'prod',
      epoch: 7,
      elections: [{ epoch: 3 }, { epoch: 4 }, { epoch: 5 }, { epoch: 6 }, { epoch: 7 }],
    });
  });

  it('shows how well each replica does, and how long the elected one may be silent', async () => {
    const lagging = { ...NO_HEALTH, lagMs: 90_000, upSamples: 10, downSamples: 5 };
    const sight = { replica: 'b', lastRecordMs: T0, highTimestampMs: T0 - 90_000, health: lagging };
    await log.append([clusterOutput({ heardAtMs: T0, replicas: [sight] })]);
    const { text } = await show('prod');
    expect(text).toMatch(/^failover timeout +30.0s$/m);
    expect(text).toMatch(/^b +2026-03-01T12:00:00.000Z \(3m ago\) +1m30s +100 % +50 % +0.25 +-$/m);
    expect(parsed(await show('prod', { json: true }))).toMatchObject({
      failover_timeout_seconds: 30,
      replicas: [{ replica: 'b', lag_seconds: 90, score: 0.25, freshness: 0.5, completeness: 1, targets_up: 0.5 }],
    });
  });

  it('says so where the elections are no longer kept', async () => {
    await log.append([clusterOutput()]);
    expect((await show('prod')).text).toContain('No election of it is kept in the log.');
  });

  it.each([
    ['prdo', undefined, 1, 'cannot find cluster "prdo": did you mean "prod"?'],
    ['nothing-like-it', undefined, 1, 'cannot find cluster "nothing-like-it": see "tandem ha list"'],
    ['both', undefined, 2, 'cluster "both" is there for several tenants: name one with --tenant: "t", "u"'],
    ['prod', 'u', 1, 'cannot find cluster "prod" of tenant "u": it is of tenant "t"'],
    ['bth', 'u', 1, 'cannot find cluster "bth" of tenant "u": did you mean "both"?'],
  ])('asked for cluster %s of tenant %s it ends with %d: %s', async (cluster, tenant, exitCode, message) => {
    await log.append([
      clusterOutput({ cluster: 'prod' }),
      clusterOutput({ cluster: 'both' }),
      clusterOutput({ cluster: 'both', tenant: 'u' }, 1),
    ]);
    await expect(show(cluster, { tenant })).rejects.toMatchObject({ exitCode, message });
  });

  it('tells clusters of one name by their tenant', async () => {
    await log.append([
      clusterOutput({ replica: 'a' }),
      electionOutput({ replica: 'a' }),
      clusterOutput({ tenant: 'u', replica: 'z' }, 1),
      electionOutput({ tenant: 'u', replica: 'z' }, 1),
    ]);
    expect(parsed(await show('prod', { tenant: 'u', json: true }))).toMatchObject({
      tenant: 'u',
      elected: 'z',
      elections: [{ tenant: 'u', replica: 'z' }],
    });
  });
});

describe('tandem ha history', () => {
  const failover = {
    epoch: 2,
    replica: 'b',
    reason: 'failover',
    electedAtMs: T0 + MINUTE,
    fromTimestampMs: T0 + MINUTE - 50,
    previousReplica: 'a',
    previousReceivedAtMs: T0 + MINUTE - 31_200,
    sourcePartition: 2,
    sourceOffset: 99,
  };

  it('has a line for each election, with how long the replica before had been silent', async () => {
    await log.append([electionOutput({}, 2), electionOutput(failover, 2)]);
    const [head = '', first = '', second = '', ...rest] = (await history('prod')).text.split('\n');
    expect(head.split(/ +/)).toEqual([
      'EPOCH',
      'TIME',
      'REPLICA',
      'REASON',
      'PREVIOUS',
      'PREVIOUS-LAST-HEARD',
      'SILENCE',
      'SAMPLE-INTERVAL-FROM',
      'PARTITION/OFFSET',
    ]);
    expect(first.split(/  +/)).toEqual([
      '1',
      '2026-03-01T12:00:00.000Z (3m ago)',
      'a',
      'first-seen',
      '-',
      '-',
      '-',
      '-',
      '0/7',
    ]);
    expect(second.split(/  +/)).toEqual([
      '2',
      '2026-03-01T12:01:00.000Z (2m ago)',
      'b',
      'failover',
      'a',
      '2026-03-01T12:00:28.800Z',
      '31.2s',
      '2026-03-01T12:00:59.950Z',
      '2/99',
    ]);
    expect(rest).toEqual([]);
  });

  it('says what the replica before was worse in', async () => {
    await log.append([electionOutput({ ...failover, reason: 'score', detail: 'lagging' })]);
    expect((await history('prod')).text).toContain('  score (lagging)  ');
  });

  it('gives programs the same, times as RFC 3339 and the silence in seconds', async () => {
    await log.append([electionOutput(failover)]);
    expect(parsed(await history('prod', { json: true }))).toEqual([
      {
        kind: 'election',
        tenant: 't',
        cluster: 'prod',
        epoch: 2,
        time: '2026-03-01T12:01:00.000Z',
        replica: 'b',
        reason: 'failover',
        detail: null,
        previous: 'a',
        previous_last_heard: '2026-03-01T12:00:28.800Z',
        silence_seconds: 31.2,
        samples_from: '2026-03-01T12:00:59.950Z',
        partition: 2,
        offset: 99,
      },
    ]);
  });

  it('gives the newest ones where there are more than asked for, and says how many there are', async () => {
    await log.append(elections(5));
    const { text, notes } = await history('prod', { limit: 2, json: true });
    expect(JSON.parse(text)).toMatchObject([{ epoch: 4 }, { epoch: 5 }]);
    expect(notes).toEqual(['the newest 2 of 5 elections: --limit shows more']);
  });

  it('goes back as far as asked, in log time, also where elections were written down later, as after an outage', async () => {
    // Everything is appended at T0: ten minutes behind.
    await log.append(
      [-14, -12, -11, -10].map((minutes, index) =>
        electionOutput({ epoch: index + 1, electedAtMs: T0 + minutes * MINUTE }),
      ),
    );
    const rows = parsed(await history('prod', { sinceMs: 12 * MINUTE, nowMs: T0, json: true }));
    expect(rows).toMatchObject([{ epoch: 2 }, { epoch: 3 }, { epoch: 4 }]);
  });

  it('does not read what was appended before the time that was asked for', async () => {
    await log.append([clusterOutput(), ...elections(3)]);
    const unread = fromTheFuture(electionOutput());
    await log.append([unread]);
    const report = await history('prod', { sinceMs: MINUTE, nowMs: T0 + 60 * MINUTE });
    expect(report).toEqual({ text: '', notes: ['no elections'] });
  });

  it('puts elections that moved to another partition in the order of time', async () => {
    await log.append([
      electionOutput({ epoch: 2, electedAtMs: T0 + MINUTE }, 0),
      electionOutput({ epoch: 3, electedAtMs: T0 + 2 * MINUTE }, 1),
      electionOutput({ epoch: 1, electedAtMs: T0 }, 3),
    ]);
    const rows = parsed(await history('prod', { json: true }));
    expect(rows).toMatchObject([{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }]);
  });

  it('prints reasons it does not know as they are', async () => {
    await log.append([electionOutput({ reason: 'operator-pin' })]);
    expect((await history('prod')).text).toContain('  operator-pin  ');
  });

  it('passes over records that cannot be read, and counts them', async () => {
    const broken = { topic: TOPICS.elections, partition: 1, key: null, value: Buffer.from('no Avro') };
    await log.append([...elections(2), fromTheFuture(electionOutput({ epoch: 3 })), broken]);
    const { text, notes } = await history('prod', { json: true });
    expect(JSON.parse(text)).toHaveLength(2);
    expect(notes).toEqual(['2 records of tandem.elections cannot be read and are left out: is this version older?']);
  });

  it('knows a cluster without an election from one that is not there', async () => {
    await log.append([clusterOutput(), electionOutput({ cluster: 'forgotten' })]);
    expect(await history('prod')).toEqual({ text: '', notes: ['no elections'] });
    expect((await history('forgotten')).notes).toEqual([]);
    await expect(history('forgoten')).rejects.toMatchObject({ exitCode: 1, message: /did you mean "forgotten"/ });
  });
});
