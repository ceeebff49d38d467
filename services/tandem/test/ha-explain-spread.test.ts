import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { barrierRecord, shardKey, type Barrier } from '@tandem/records';
import { fingerprintOf, shardOf } from '@tandem/series';
import { partitionKey, partitionOf, type OutgoingRecord } from '@tandem/stream';

import { explainSeries } from '../src/ha/explain-series.ts';
import { type Report } from '../src/ha/report.ts';
import { parseSelector } from '../src/ha/series-selector.ts';
import { clusterOutput, electionOutput, T0, TOPICS } from './ha-log.ts';
import { dedupedOutput, sample, SamplesLog, samplesOutput, type Labels } from './samples-log.ts';

const SECOND = 1000;
const SHARDS = 4;
const PARTITIONS = 4;
const GROUP = 'tandem.dedup';

/** Where a series of t/prod goes. */
function placeOf(labels: Labels): { readonly shard: number; readonly partition: number } {
  const all = Object.entries({ ...labels, cluster: 'prod' }).map(([name, value]) => ({ name, value }));
  const shard = shardOf(fingerprintOf(all), SHARDS);
  return { shard, partition: partitionOf(shardKey('t', 'prod', shard), PARTITIONS) };
}

const SERIES: Labels = { __name__: 'load', instance: 'x:9100' };
const WHOLE = 'load{cluster="prod", instance="x:9100"}';
const PLACE = placeOf(SERIES);
/** Of another shard than the one of the series. */
const ELSEWHERE = Array.from({ length: 50 }, (_, job): Labels => ({ ...SERIES, job: `job-${job}` })).find(
  (labels) => placeOf(labels).shard !== PLACE.shard,
);

let stage: SamplesLog;
beforeEach(async () => {
  stage = await new SamplesLog().create(PARTITIONS);
});
afterEach(() => stage.log.close());

function ask(series = WHOLE, json = true): Promise<Report> {
  const read = parseSelector(series);
  if (!read.ok) throw new Error(read.problem);
  const window = { timeMs: T0 + 60 * SECOND, windowMs: 30 * SECOND, searchMs: 600 * SECOND };
  const settings = { clusterLabel: 'cluster', replicaLabel: '__replica__', group: GROUP };
  const query = { tenant: undefined, json, matchers: read.matchers, ...window };
  const limits = { seamWindowMs: 120 * SECOND, maxDecodedBytes: 1_000_000 };
  return explainSeries(stage.log, TOPICS, query, { ...settings, ...limits });
}

interface Explained {
  readonly shard: number;
  readonly partition: number;
  readonly copies: readonly { readonly replica: string; readonly time: string; readonly verdict: string }[];
}
const parsed = ({ text }: Report): Explained => JSON.parse(text) as Explained;

/** Replica, second after T0 and verdict of each copy. */
async function verdicts(series?: string): Promise<readonly string[]> {
  const { copies } = parsed(await ask(series));
  return copies.map(({ replica, time, verdict }) => `${replica} ${(Date.parse(time) - T0) / SECOND} ${verdict}`);
}

const sent = (replica: string, second: number, labels: Labels = SERIES): OutgoingRecord =>
  samplesOutput(replica, [sample(second * SECOND, second)], { labels, ...placeOf(labels) });
const out = (replica: string, epoch: number, sourceOffset: number, second: number): OutgoingRecord =>
  dedupedOutput({ replica, epoch, sourceOffset }, [sample(second * SECOND, second)], { labels: SERIES, ...PLACE });

/** A barrier of the series' shard; what is not said is the first election, of a. */
function barrier(over: Partial<Barrier> = {}): OutgoingRecord {
  const none = { previousReplica: null, previousReceivedAtMs: null, previousHighTimestampMs: null };
  const first = { epoch: 1, replica: 'a', reason: 'first-seen', electedAtMs: T0, sourcePartition: 0, sourceOffset: 0 };
  const { shard, partition } = PLACE;
  const record = barrierRecord.encode({ tenant: 't', cluster: 'prod', shard, ...first, ...none, ...over });
  return { topic: TOPICS.samples, partition, key: shardKey('t', 'prod', shard), ...record };
}

const failover = barrier({
  epoch: 2,
  replica: 'b',
  reason: 'failover',
  electedAtMs: T0 + 74 * SECOND,
  previousReplica: 'a',
  previousReceivedAtMs: T0 + 50 * SECOND,
});

/** Dedup has committed everything below an offset of the shard's partition. */
function commit(position: number): void {
  const { partition } = PLACE;
  stage.storage.group(GROUP).positions.set(partitionKey({ topic: TOPICS.samples, partition }), position);
}

/** As around every failover: a dies after 50; the barrier of b comes behind 74, and 64 and 74 are read again. */
async function aFailover(): Promise<void> {
  await stage.at(40_000, sent('a', 40));
  await stage.at(44_000, sent('b', 44));
  await stage.at(50_000, sent('a', 50));
  await stage.at(54_000, sent('b', 54));
  await stage.at(64_000, sent('b', 64));
  await stage.at(74_000, sent('b', 74));
  await stage.at(75_000, failover);
  await stage.at(84_000, sent('b', 84));
}

describe('tandem ha explain, of a spread cluster', () => {
  beforeEach(() => stage.at(0, clusterOutput({ shards: SHARDS, epoch: 2, electedAtMs: T0 + 74 * SECOND })));

  it('reads the shard of the series, and the elections from the barriers in it', async () => {
    await stage.at(30_000, barrier());
    await aFailover();
    const outputs = [
      out('a', 1, 1, 40),
      out('a', 1, 3, 50),
      out('b', 2, 5, 64),
      out('b', 2, 6, 74),
      out('b', 2, 8, 84),
    ];
    await stage.at(85_000, ...outputs);
    commit(9);
    const report = await ask();
    expect(parsed(report)).toMatchObject({
      ...PLACE,
      copies: [
        { replica: 'a', offset: 1, verdict: 'emitted', elected: 'a', elected_epoch: 1 },
        { replica: 'b', offset: 2, verdict: 'standby', elected: 'a' },
        { replica: 'a', offset: 3, verdict: 'emitted' },
        { replica: 'b', offset: 4, verdict: 'held-back', epoch: 2 },
        { replica: 'b', offset: 5, verdict: 'read-again', epoch: 2 },
        { replica: 'b', offset: 6, verdict: 'read-again', elected: 'a', elected_epoch: 1 },
        { replica: 'b', offset: 8, verdict: 'emitted', elected: 'b', elected_epoch: 2 },
      ],
      conclusion: expect.stringContaining('failover: a had been silent for 24.0s'),
    });
    const { text } = await ask(WHOLE, false);
    expect(text).toMatch(new RegExp(`^shard +${PLACE.shard}$`, 'mu'));
  });

  it('knows from elections who was followed before the first barrier that is read', async () => {
    const before = electionOutput({ electedAtMs: T0 - 600 * SECOND });
    await stage.at(30_000, before, electionOutput({ epoch: 2, replica: 'b', electedAtMs: T0 + 74 * SECOND }));
    await aFailover();
    const outputs = [
      out('a', 1, 0, 40),
      out('a', 1, 2, 50),
      out('b', 2, 4, 64),
      out('b', 2, 5, 74),
      out('b', 2, 7, 84),
    ];
    await stage.at(85_000, ...outputs);
    commit(8);
    const seconds = ['a 40 emitted', 'b 44 standby', 'a 50 emitted', 'b 54 held-back', 'b 64 read-again'];
    expect(await verdicts()).toEqual([...seconds, 'b 74 read-again', 'b 84 emitted']);
  });

  it('knows from the cluster as it stands who is followed where the election is no longer kept', async () => {
    await stage.at(0, clusterOutput({ shards: SHARDS, epoch: 7, replica: 'b', electedAtMs: T0 - 600 * SECOND }));
    await stage.at(40_000, sent('a', 40));
    await stage.at(41_000, sent('b', 41), out('b', 7, 1, 41));
    commit(2);
    expect(await verdicts()).toEqual(['a 40 standby', 'b 41 emitted']);
  });

  it('says what waits for an election, and what became of what waited', async () => {
    await stage.at(30_000, barrier());
    await stage.at(35_000, barrier({ replica: null, reason: 'idle' }));
    await stage.at(40_000, sent('a', 40));
    await stage.at(41_000, sent('b', 41));
    commit(4);
    expect(await verdicts()).toEqual(['a 40 unelected', 'b 41 unelected']);
    expect((await ask(WHOLE, false)).text).toContain('nobody was elected: it waits in the log for an election');
    await stage.at(42_000, barrier({ epoch: 2, replica: 'b', electedAtMs: T0 + 42 * SECOND }), out('b', 2, 3, 41));
    await stage.at(50_000, sent('b', 50), out('b', 2, 5, 50));
    commit(6);
    expect(await verdicts()).toEqual(['a 40 standby', 'b 41 read-again', 'b 50 emitted']);
  });

  it('passes over barriers of an epoch that is over, and those of other shards', async () => {
    await stage.at(30_000, barrier(), barrier({ epoch: 2, replica: 'b', previousReplica: 'a' }));
    const late = barrier({ replica: 'c', reason: 'shards' });
    await stage.at(35_000, late, barrier({ replica: null }), barrier({ epoch: 9, replica: 'c', shard: 63 }));
    await stage.at(40_000, sent('b', 40), out('b', 2, 5, 40), sent('c', 40));
    commit(7);
    expect(await verdicts()).toEqual(['b 40 emitted', 'c 40 standby']);
  });

  it('looks through all shards where the matchers do not name all labels', async () => {
    await stage.at(30_000, barrier());
    await stage.at(40_000, sent('a', 40), out('a', 1, 1, 40));
    commit(2);
    expect(await verdicts('load{cluster="prod"}')).toEqual(['a 40 emitted']);
    expect(parsed(await ask('{cluster="prod", instance="x:9100"}'))).toMatchObject(PLACE);
  });

  it('ends with 2 where series of several shards match, but not where one has just the labels that are named', async () => {
    await stage.at(40_000, sent('a', 40), sent('a', 40, ELSEWHERE));
    await expect(ask('load{cluster="prod"}')).rejects.toMatchObject({ exitCode: 2, message: /job=/u });
    expect(parsed(await ask()).copies).toHaveLength(1);
  });

  it('says that there is nothing, in the shard where it would be', async () => {
    expect(parsed(await ask('load{cluster="prod", instance="x:9100", no="where"}')).copies).toEqual([]);
    expect(parsed(await ask())).toMatchObject({ ...PLACE, copies: [] });
  });

  it('counts barriers that cannot be read', async () => {
    await stage.at(30_000, { ...barrier(), value: Uint8Array.of(1) });
    expect((await ask()).notes).toContain('1 record of tandem.samples cannot be decoded, and passed over');
  });
});
