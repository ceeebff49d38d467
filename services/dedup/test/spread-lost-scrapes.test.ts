import { afterEach, describe, expect, test } from '@jest/globals';

import { type Sent } from './pipeline.ts';
import { SPREAD_SETTINGS, SpreadStage } from './spread-stage.ts';

const SHARDS = [0, 1, 2, 3] as const;
const stages: SpreadStage[] = [];

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

async function stageOf(settings = SPREAD_SETTINGS): Promise<SpreadStage> {
  const stage = new SpreadStage(settings);
  stages.push(stage);
  await stage.start();
  return stage;
}

function everywhere(replica: string, at: number): readonly (Sent & { readonly shard: number })[] {
  return SHARDS.map((shard) => ({ at, replica, shard, samples: [[`s${shard}`, at]] }));
}

/** Both replicas send every 5 s, `b` two seconds after `a`; heartbeats come a second behind. */
async function run(stage: SpreadStage, fromS: number, untilS: number, replicas: readonly string[]): Promise<void> {
  for (let at = fromS; at < untilS; at += 5) {
    for (const [i, replica] of ['a', 'b'].entries()) {
      if (!replicas.includes(replica)) continue;
      stage.send(...everywhere(replica, at + 2 * i));
      stage.beat({ at: at + 2 * i + 1, replica, span: spanAt(at + 2 * i) });
    }
    await stage.settle();
  }
}

function spanAt(at: number): { readonly minTimestampMs: number; readonly maxTimestampMs: number } {
  const ms = 1_700_000_000_000 + at * 1000;
  return { minTimestampMs: ms, maxTimestampMs: ms };
}

const secondsOf = (out: readonly string[]): readonly number[] => out.map((each) => Number(each.split('@')[1]));

describe('an elected replica of a spread cluster that was restarted within the failover timeout', () => {
  test('is succeeded where its samples end, in every shard: nothing is missing (P15)', async () => {
    const stage = await stageOf();
    await run(stage, 0, 200, ['a', 'b']);
    await run(stage, 200, 220, ['b']);
    await run(stage, 220, 260, ['a', 'b']);
    expect(stage.elections.map(({ replica, reason }) => `${replica} ${reason}`)).toEqual([
      'a first-seen',
      'b lost-scrapes',
    ]);
    for (const shard of SHARDS) {
      const seconds = secondsOf(stage.out(shard));
      const gaps = seconds.slice(1).map((at, i) => at - (seconds[i] ?? 0));
      expect(Math.max(...gaps)).toBe(7);
      expect(Math.min(...gaps)).toBe(5);
    }
  });

  test('goes on after a while, with all it has sent, where nobody else is elected', async () => {
    const { handover } = SPREAD_SETTINGS.elections;
    const stage = await stageOf(SPREAD_SETTINGS);
    expect(handover.enabled).toBe(true);
    await run(stage, 0, 200, ['a', 'b']);
    // `b` is heard, but has no more of the time than `a` has: nobody covers the hole.
    for (const replica of ['b', 'a']) stage.send(...everywhere(replica, 220));
    stage.beat({ at: 221, replica: 'b', span: spanAt(220) }, { at: 221, replica: 'a', span: spanAt(220) });
    await stage.settle();
    for (const shard of SHARDS) expect(secondsOf(stage.out(shard)).at(-1)).toBe(195);
    await run(stage, 225, 235, ['a', 'b']);
    for (const shard of SHARDS) expect(secondsOf(stage.out(shard)).slice(-4)).toEqual([195, 220, 225, 230]);
    expect(stage.elections).toHaveLength(1);
  });

  test('is waited for by whoever takes the partition over, as long', async () => {
    const stage = await stageOf();
    await run(stage, 0, 200, ['a', 'b']);
    for (const replica of ['b', 'a']) stage.send(...everywhere(replica, 220));
    stage.beat({ at: 221, replica: 'b', span: spanAt(220) }, { at: 221, replica: 'a', span: spanAt(220) });
    await stage.settle();
    await stage.start();
    for (const shard of SHARDS) expect(secondsOf(stage.out(shard)).at(-1)).toBe(195);
    await run(stage, 225, 235, ['a', 'b']);
    for (const shard of SHARDS) expect(secondsOf(stage.out(shard)).slice(-4)).toEqual([195, 220, 225, 230]);
  });

  test('is not waited for where handovers are off', async () => {
    const { elections } = SPREAD_SETTINGS;
    const handover = { ...elections.handover, enabled: false };
    const stage = await stageOf({ ...SPREAD_SETTINGS, elections: { ...elections, handover } });
    await run(stage, 0, 200, ['a', 'b']);
    await run(stage, 200, 220, ['b']);
    stage.send(...everywhere('a', 220));
    await stage.settle();
    for (const shard of SHARDS) expect(secondsOf(stage.out(shard)).at(-1)).toBe(220);
  });
});
