import { afterEach, describe, expect, test } from '@jest/globals';
import { barrierRecord, clusterRecord, HEADER, rejectRecord, shardKey } from '@tandem/records';

import { recordOf, SETTINGS, T0, TOPICS, type Sent } from './pipeline.ts';
import {
  NEIGHBOUR,
  PARTITIONS,
  partitionOfShard,
  shardRecordOf,
  SPREAD_SETTINGS,
  SpreadStage,
} from './spread-stage.ts';

const SHARDS = [0, 1, 2, 3] as const;
const stages: SpreadStage[] = [];

async function stageOf(settings = SPREAD_SETTINGS): Promise<SpreadStage> {
  const stage = new SpreadStage(settings);
  stages.push(stage);
  await stage.start();
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

/** A record of every shard at a time; one series each, `s<shard>`. */
function everywhere(replica: string, at: number): readonly (Sent & { readonly shard: number })[] {
  return SHARDS.map((shard) => ({ at, replica, shard, samples: [[`s${shard}`, at]] }));
}

/** Both replicas send every 5 s, with heartbeats; up to (exclusive) a time, from one on. */
async function run(stage: SpreadStage, fromS: number, untilS: number, replicas: readonly string[]): Promise<void> {
  for (let at = fromS; at < untilS; at += 5) {
    for (const replica of replicas) {
      stage.send(...everywhere(replica, at));
      stage.beat({ at: at + 1, replica });
    }
  }
  await stage.settle();
}

describe('a spread cluster', () => {
  test('has one election, and every shard is told of it (P1, P2)', async () => {
    const stage = await stageOf();
    await run(stage, 0, 20, ['a', 'b']);
    expect(stage.elections).toEqual([
      expect.objectContaining({ tenant: 't', cluster: 'c', epoch: 1, replica: 'a', reason: 'first-seen' }),
    ]);
    for (const shard of SHARDS) {
      expect(stage.barriers(shard)).toEqual([
        expect.objectContaining({ shard, epoch: 1, replica: 'a', reason: 'first-seen', previousReplica: null }),
      ]);
    }
    const [cluster, ...others] = stage.service.status().clusters;
    expect(others).toEqual([]);
    expect(cluster).toMatchObject({ tenant: 't', cluster: 'c', epoch: 1, shards: 4, elected: { replica: 'a' } });
    expect(stage.leases.leases.get('t/c')).toMatchObject({ replica: 'a', epoch: 1 });
  });

  test('loses nothing of what came before its first election (P3)', async () => {
    const stage = await stageOf();
    stage.send(...everywhere('b', 0), ...everywhere('a', 0), ...everywhere('a', 5));
    await stage.settle();
    for (const shard of SHARDS) expect(stage.out(shard)).toEqual([]);
    expect(await stage.metrics.render()).toMatch(/tandem_dedup_dropped_samples_total\{reason="unelected"\} 12/);
    stage.beat({ at: 6, replica: 'a' }, { at: 6, replica: 'b' });
    stage.send(...everywhere('a', 10));
    await stage.settle();
    for (const shard of SHARDS) expect(stage.out(shard)).toEqual([`s${shard}@0`, `s${shard}@5`, `s${shard}@10`]);
  });

  test('goes on in every shard where the replica before ended (P4)', async () => {
    const stage = await stageOf();
    await run(stage, 0, 30, ['a', 'b']);
    await run(stage, 30, 90, ['b']);
    expect(stage.elections.map(({ epoch, replica, reason }) => [epoch, replica, reason])).toEqual([
      [1, 'a', 'first-seen'],
      [2, 'b', 'failover'],
    ]);
    const expected = Array.from({ length: 18 }, (_, i) => i * 5);
    for (const shard of SHARDS) {
      expect(stage.barriers(shard).map(({ epoch, replica }) => [epoch, replica])).toEqual([
        [1, 'a'],
        [2, 'b'],
      ]);
      expect(stage.out(shard)).toEqual(expected.map((at) => `s${shard}@${at}`));
    }
  });

  test('comes out the same after its owners were killed in between (P5)', async () => {
    const stage = await stageOf();
    stage.send(...everywhere('a', 0));
    await stage.start();
    await run(stage, 5, 30, ['a', 'b']);
    await stage.start();
    await run(stage, 30, 60, ['b']);
    await stage.start();
    await run(stage, 60, 90, ['b']);
    expect(stage.elections.map(({ epoch, replica }) => [epoch, replica])).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    for (const shard of SHARDS) {
      expect(stage.out(shard)).toEqual(Array.from({ length: 18 }, (_, i) => `s${shard}@${i * 5}`));
    }
  });

  test('does not follow a barrier of an epoch it has passed (P6)', async () => {
    const stage = await stageOf();
    await run(stage, 0, 20, ['a', 'b']);
    const [barrier] = stage.barriers(0);
    if (barrier === undefined) throw new Error('no barrier');
    const zombie = { ...barrier, replica: 'b' };
    const key = shardKey('t', 'c', 0);
    for (const epoch of [0, 1]) {
      const record = { timestampMs: T0 + 20_000, key, ...barrierRecord.encode({ ...zombie, epoch }) };
      stage.storage.append(TOPICS.samples, partitionOfShard(0), [record]);
    }
    await run(stage, 20, 40, ['a', 'b']);
    expect(stage.out(0)).toEqual(Array.from({ length: 8 }, (_, i) => `s0@${i * 5}`));
  });

  test('gives its place up when it falls silent; who comes back is read from its first record on (P7)', async () => {
    const elections = { ...SETTINGS.elections, idleTimeoutMs: 60_000 };
    const stage = await stageOf({ ...SPREAD_SETTINGS, elections });
    await run(stage, 0, 20, ['a']);
    stage.beat({ at: 200, replica: 'x', cluster: NEIGHBOUR });
    await stage.settle();
    expect(stage.barriers(2).at(-1)).toMatchObject({ epoch: 1, replica: null, reason: 'idle' });
    expect(stage.service.status().clusters[0]?.elected).toBeUndefined();
    stage.send(...everywhere('b', 300), ...everywhere('a', 301));
    await stage.settle();
    stage.beat({ at: 302, replica: 'b' });
    stage.send(...everywhere('b', 305));
    await stage.settle();
    expect(stage.elections.at(-1)).toMatchObject({ epoch: 2, replica: 'b', reason: 'first-seen' });
    for (const shard of SHARDS) {
      const before = [0, 5, 10, 15].map((at) => `s${shard}@${at}`);
      expect(stage.out(shard)).toEqual([...before, `s${shard}@300`, `s${shard}@305`]);
    }
  });

  test('is forgotten in all shards when it was silent for long, and returns with a later epoch (E29, E30, P11)', async () => {
    const elections = { ...SETTINGS.elections, idleTimeoutMs: 60_000, forgetAfterMs: 180_000 };
    const stage = await stageOf({ ...SPREAD_SETTINGS, elections });
    await run(stage, 0, 20, ['a']);
    for (const at of [200, 260]) stage.beat({ at, replica: 'x', cluster: NEIGHBOUR });
    await stage.settle();
    expect(stage.barriers(2).at(-1)).toMatchObject({ epoch: 1, replica: null, reason: 'forgotten' });
    expect(stage.service.status().clusters).toEqual([]);
    for (const shard of SHARDS) {
      const written = stage.storage.records(TOPICS.clusters, partitionOfShard(shard));
      const key = Buffer.from(shardKey('t', 'c', shard));
      expect(written.findLast((record) => key.equals(record.key ?? key))?.value).toBeNull();
    }
    // Whoever comes next knows as much from what is written down.
    await stage.start();
    stage.send(...everywhere('b', 300));
    stage.beat({ at: 301, replica: 'b' });
    stage.send(...everywhere('b', 305));
    await stage.settle();
    expect(stage.elections.at(-1)).toMatchObject({ epoch: 2, replica: 'b', reason: 'first-seen' });
    for (const shard of SHARDS) {
      const before = [0, 5, 10, 15].map((at) => `s${shard}@${at}`);
      expect(stage.out(shard)).toEqual([...before, `s${shard}@300`, `s${shard}@305`]);
    }
  });

  test('obeys an operator’s command in all shards', async () => {
    const stage = await stageOf();
    await run(stage, 0, 20, ['a', 'b']);
    stage.command(21, 'pin', 'b');
    await stage.settle();
    await run(stage, 25, 40, ['a', 'b']);
    expect(stage.elections.at(-1)).toMatchObject({ epoch: 2, replica: 'b', reason: 'operator', previousReplica: 'a' });
    expect(stage.service.status().clusters[0]?.elected).toMatchObject({ replica: 'b', pinned: true });
    for (const shard of SHARDS) {
      expect(stage.out(shard)).toEqual([0, 5, 10, 15, 25, 30, 35].map((at) => `s${shard}@${at}`));
    }
  });

  test('tells shards that are new who is elected, and they lose nothing (P8)', async () => {
    const stage = await stageOf();
    const two = SHARDS.slice(0, 2);
    const some = (replica: string, at: number) => everywhere(replica, at).filter(({ shard }) => shard < 2);
    stage.send(...some('a', 0));
    stage.beat({ at: 1, replica: 'a', shards: 2 });
    await stage.settle();
    expect(two.map((shard) => stage.barriers(shard).length)).toEqual([1, 1]);
    stage.send(...everywhere('a', 5));
    await stage.settle();
    expect(stage.out(3)).toEqual([]);
    stage.beat({ at: 6, replica: 'a', shards: 4 }, { at: 7, replica: 'b', shards: 2 });
    await stage.settle();
    stage.send(...everywhere('a', 10));
    await stage.settle();
    expect(stage.elections).toHaveLength(1);
    expect(stage.barriers(3)).toEqual([expect.objectContaining({ epoch: 1, replica: 'a', reason: 'shards' })]);
    expect(stage.out(0)).toEqual(['s0@0', 's0@5', 's0@10']);
    expect(stage.out(3)).toEqual(['s3@5', 's3@10']);
    expect(stage.service.status().clusters[0]?.shards).toBe(4);
  });

  test('takes the epochs of the time before it was spread as used up', async () => {
    const unspread = await stageOf(SETTINGS);
    const home = unspread.storage;
    const records = [0, 5].map((at) => recordOf({ at, replica: 'a', samples: [['x', at]] }));
    const partition = 1;
    home.append(TOPICS.samples, partition, records);
    await unspread.settle();
    const stage = new SpreadStage();
    stages.push(stage);
    for (const record of home.records(TOPICS.clusters, partition)) {
      for (let p = 0; p < PARTITIONS; p++) stage.storage.append(TOPICS.clusters, p, [record]);
    }
    await stage.start();
    await run(stage, 10, 20, ['a']);
    expect(stage.elections).toEqual([expect.objectContaining({ epoch: 2, reason: 'first-seen' })]);
  });
});

describe('what cannot be', () => {
  test('a heartbeat of a cluster that is not listed elects nobody, and is counted', async () => {
    const stage = await stageOf();
    stage.beat({ at: 1, replica: 'a', cluster: 'unlisted' });
    await stage.settle();
    expect(stage.elections).toEqual([]);
    expect(await stage.metrics.render()).toContain('tandem_dedup_void_heartbeats_total 1');
  });

  test('a barrier and a heartbeat that cannot be read are rejected, and the stream goes on', async () => {
    const stage = await stageOf();
    const bad = { timestampMs: T0, key: shardKey('t', 'c', 0), value: Buffer.from('bad') };
    stage.storage.append(TOPICS.samples, partitionOfShard(0), [
      { ...bad, headers: { [HEADER.version]: '1', [HEADER.kind]: 'barrier' } },
    ]);
    stage.storage.append(TOPICS.heartbeats, 0, [{ ...bad, headers: { [HEADER.version]: '1' } }]);
    stage.beat({ at: 1, replica: 'a', shards: 1000 });
    await run(stage, 5, 10, ['a']);
    const rejects = Array.from({ length: PARTITIONS }, (_, p) => stage.storage.records(TOPICS.rejects, p)).flat();
    const reasons = rejects.map((record) => {
      const decoded = rejectRecord.decode(record);
      return decoded.ok ? [decoded.value.reason, decoded.value.sourceTopic] : [];
    });
    expect(reasons.sort()).toEqual([
      ['bad-barrier', 'samples'],
      ['bad-heartbeat', 'heartbeats'],
      ['bad-heartbeat', 'heartbeats'],
    ]);
    expect(stage.out(0)).toEqual(['s0@5']);
  });

  test('samples that wait for an election for long are told of', async () => {
    const stage = await stageOf();
    stage.send(...everywhere('a', 0), ...everywhere('a', 29));
    await stage.settle();
    expect(stage.service.status().degraded).toEqual([]);
    stage.send(...everywhere('a', 31));
    await stage.settle();
    expect(stage.service.status().degraded).toEqual([expect.stringContaining('4 shards of spread clusters wait')]);
    expect(await stage.metrics.render()).toContain('tandem_dedup_waiting_shards 4');
    stage.beat({ at: 32, replica: 'a' });
    await stage.settle();
    expect(stage.service.status().degraded).toEqual([]);
  });

  test('a cluster is written down once, its shards apart', async () => {
    const stage = await stageOf();
    await run(stage, 0, 10, ['a']);
    const records = Array.from({ length: PARTITIONS }, (_, p) => stage.storage.records(TOPICS.clusters, p)).flat();
    const own = records.filter((record) => clusterRecord.decode(record).ok);
    expect(new Set(own.map(({ key }) => Buffer.from(key ?? []).toString()))).toEqual(new Set(['t/c']));
    expect(shardRecordOf({ at: 0, shard: 1, replica: 'a', samples: [['x', 0]] }).headers[HEADER.shard]).toBe('1');
  });
});
