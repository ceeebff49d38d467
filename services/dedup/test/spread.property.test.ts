import { describe, expect, test } from '@jest/globals';
import { barrierRecord } from '@tandem/records';
import fc from 'fast-check';

import { TOPICS } from './pipeline.ts';
import { bytesByKey } from './simulation/output.ts';
import { type SimulatedStorage } from './simulated-log.ts';
import { PARTITIONS, partitionOfShard, SpreadStage } from './spread-stage.ts';

const SHARDS = [0, 1, 2, 3] as const;
const INTERVAL_S = 5;

/** What happens in one interval. */
interface Step {
  /** Heartbeats of the interval reach the log; otherwise they come with the next ones. */
  readonly beats: boolean;
  /** The owners of everything catch up before it goes on. */
  readonly settles: boolean;
  /** They are killed, and others take over. */
  readonly killed: boolean;
}

/** What a replica does to the log in a run. */
interface Run {
  readonly steps: readonly Step[];
  /** In which interval the replica that sends first dies. */
  readonly diesAt: number;
}

const step = fc.record({
  beats: fc.boolean(),
  settles: fc.boolean(),
  killed: fc.boolean().map((killed) => killed),
});
const run: fc.Arbitrary<Run> = fc.record({
  steps: fc.array(step, { minLength: 24, maxLength: 32 }),
  diesAt: fc.integer({ min: 1, max: 10 }),
});

/** Plays a run: replica b lives through all of it, and is heard at its end. */
async function play(stage: SpreadStage, { steps, diesAt }: Run): Promise<void> {
  await stage.start();
  for (const [index, { beats, settles, killed }] of steps.entries()) {
    const at = index * INTERVAL_S;
    const alive = index < diesAt ? ['a', 'b'] : ['b'];
    for (const replica of alive) {
      stage.send(...SHARDS.map((shard) => ({ at, replica, shard, samples: [[`s${shard}`, at] as const] })));
      if (beats) stage.beat({ at: at + 1, replica });
    }
    if (killed) await stage.start();
    else if (settles) await stage.settle();
  }
  // What is behind F is silence that counts: the failover is known to everybody.
  for (let more = 0; more < 16; more++) stage.beat({ at: (steps.length + more) * INTERVAL_S, replica: 'b' });
  await stage.settle();
}

/** The same log without heartbeats: nobody elects, the barriers are there already. */
async function replayOf(storage: SimulatedStorage): Promise<SpreadStage> {
  const stage = new SpreadStage();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (const { offset, ...record } of storage.records(TOPICS.samples, partition)) {
      const hole = offset - stage.storage.end(TOPICS.samples, partition);
      stage.storage.append(TOPICS.samples, partition, [record], hole);
    }
  }
  await stage.start();
  return stage;
}

/** What a run has made of its log, without the records that follow how far it has read. */
function outputOf(storage: SimulatedStorage): ReadonlyMap<string, readonly string[]> {
  const found = bytesByKey(storage, TOPICS.deduped);
  return new Map([...found].filter(([key]) => key.startsWith('t/c/')));
}

describe('a spread cluster, whatever happens to the owners of its partitions', () => {
  test('comes out once and in order, no scrape missing, with the same epochs in all shards (P1, P3, P4)', async () => {
    const played = fc.asyncProperty(run, async (each) => {
      const stage = new SpreadStage();
      try {
        await play(stage, each);
        const all = each.steps.map((_, index) => index * INTERVAL_S);
        for (const shard of SHARDS) expect(stage.out(shard)).toEqual(all.map((at) => `s${shard}@${at}`));
        const epochs = stage.elections.map(({ epoch, replica }) => `${epoch} ${replica}`);
        for (const shard of SHARDS) {
          expect(stage.barriers(shard).map(({ epoch, replica }) => `${epoch} ${replica}`)).toEqual(epochs);
        }
      } finally {
        await stage.stop();
      }
    });
    await fc.assert(played, { numRuns: 25, endOnFailure: true });
  });

  test('comes out of a replay of its log with the same bytes (P5)', async () => {
    const replayed = fc.asyncProperty(run, async (each) => {
      const stage = new SpreadStage();
      try {
        await play(stage, each);
        const again = await replayOf(stage.storage);
        await again.stop();
        expect(outputOf(again.storage)).toEqual(outputOf(stage.storage));
      } finally {
        await stage.stop();
      }
    });
    await fc.assert(replayed, { numRuns: 15, endOnFailure: true });
  });

  test('has its barriers where its shards are', async () => {
    const stage = new SpreadStage();
    await play(stage, {
      steps: Array.from({ length: 24 }, () => ({ beats: true, settles: true, killed: false })),
      diesAt: 3,
    });
    for (const shard of SHARDS) {
      const { storage } = stage;
      const found = storage
        .records(TOPICS.samples, partitionOfShard(shard))
        .filter(({ headers }) => barrierRecord.is(headers));
      expect(found.length).toBeGreaterThanOrEqual(2);
    }
    await stage.stop();
  });
});
