import { afterEach, describe, expect, test } from '@jest/globals';
import { clusterKey, isSettings, settingsKey, settingsRecord } from '@tandem/records';
import { partitionOf } from '@tandem/stream';

import { type DedupSettings } from '../src/index.ts';
import { T0, TOPICS } from './pipeline.ts';
import { PARTITIONS, SPREAD_SETTINGS, SpreadStage } from './spread-stage.ts';

const HOME = partitionOf(clusterKey('t', 'c'), PARTITIONS);
const stages: SpreadStage[] = [];

function withTimeout(failoverTimeoutMs: number): DedupSettings {
  return { ...SPREAD_SETTINGS, elections: { ...SPREAD_SETTINGS.elections, failoverTimeoutMs } };
}

async function stageOf(settings: DedupSettings): Promise<SpreadStage> {
  const stage = new SpreadStage(settings);
  stages.push(stage);
  await stage.start();
  return stage;
}

/** What was noted of settings of the heartbeats. */
function notesOf(stage: SpreadStage): readonly string[] {
  return stage.storage
    .records(TOPICS.commands, HOME)
    .filter(({ key }) => Buffer.from(key ?? []).equals(settingsKey('heartbeats')))
    .map((record) => {
      const decoded = settingsRecord.decode(record);
      return decoded.ok ? `${decoded.value.outcome} from ${decoded.value.fromOffset}` : decoded.problem;
    });
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

/** Heartbeats of replica b alone, each second. */
function hear(stage: SpreadStage, fromS: number, untilS: number): void {
  for (let at = fromS; at < untilS; at++) stage.beat({ at, replica: 'b' });
}

describe('settings of spread clusters', () => {
  test('are those of the first elector, whatever an instance with an earlier configuration goes by (C1, C3, C6)', async () => {
    const stage = await stageOf(withTimeout(30_000));
    stage.beat({ at: 1, replica: 'a' });
    await stage.settle();
    expect(notesOf(stage)).toEqual(['first from 0']);
    await stage.start(withTimeout(5000), { now: () => 1 });
    hear(stage, 2, 25);
    await stage.settle();
    expect(stage.elections.map(({ epoch }) => epoch)).toEqual([1]);
    const note = `partitions ${HOME} of heartbeats are judged by other settings than configured here`;
    expect(stage.service.status().degraded).toContain(note);
    hear(stage, 25, 40);
    await stage.settle();
    expect(stage.elections.map(({ epoch, electedAtMs }) => [epoch, electedAtMs])).toEqual([
      [1, T0 + 1000],
      [2, T0 + 31_000],
    ]);
  });

  test('that were read later are in force from their place among the heartbeats on (C2, C5)', async () => {
    const stage = await stageOf(withTimeout(30_000));
    stage.beat({ at: 1, replica: 'a' });
    await stage.settle();
    stage.service.reload(withTimeout(5000));
    hear(stage, 2, 10);
    await stage.settle();
    expect(stage.elections.at(-1)).toMatchObject({ epoch: 2, replica: 'b', electedAtMs: T0 + 6000 });
    const offers = stage.storage.records(TOPICS.heartbeats, HOME).filter(({ headers }) => isSettings(headers));
    expect(offers).toHaveLength(1);
    expect(notesOf(stage)).toEqual(['first from 0', `applied from ${(offers[0]?.offset ?? 0) + 1}`]);
    expect(stage.service.status().degraded).toEqual([]);
    await stage.start(withTimeout(5000), { now: () => 1 });
    expect(stage.service.status().degraded).toEqual([]);
  });

  test('that cannot be applied are rejected, and those before them stay (C4)', async () => {
    const stage = await stageOf(withTimeout(5000));
    stage.beat({ at: 1, replica: 'a' });
    await stage.settle();
    const none = { outcome: null, sourcePartition: null, fromOffset: null };
    const offer = settingsRecord.encode({ instance: 'x', readAtMs: T0, hash: 'h', json: '{"later":1}', ...none });
    const record = { timestampMs: T0 + 1000, key: settingsKey('heartbeats'), ...offer };
    stage.storage.append(TOPICS.heartbeats, HOME, [record]);
    hear(stage, 2, 10);
    await stage.settle();
    expect(stage.storage.records(TOPICS.rejects, HOME)).toHaveLength(1);
    expect(stage.elections.at(-1)).toMatchObject({ epoch: 2, replica: 'b', electedAtMs: T0 + 6000 });
  });
});
