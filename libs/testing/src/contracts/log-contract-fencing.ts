import { type Claim } from '@tandem/stream';
import { type LogCaseGroup, type LogCases } from './log-contract-case.ts';
import {
  expect,
  expectLogError,
  type LogFixture,
  readTexts,
  record,
  untilAborted,
  type WatchedMember,
} from './log-contract-support.ts';

/** A member that does not let go of its claims until told to. */
interface StuckMember extends WatchedMember {
  letGo(): void;
}

async function stuckMember(fixture: LogFixture, group: string, topic: string): Promise<StuckMember> {
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  const log = await fixture.open();
  const member = await fixture.join(log, { group, topics: [topic], onClaim: () => released });
  return { ...member, letGo };
}

function commitOf(claim: Claim | undefined, next: number, output: string, value: string): Promise<void> {
  if (claim === undefined) throw new Error('no such claim');
  return claim.commit(next, [record(output, 0, value)]);
}

const takenOver: LogCases = {
  'is aborted, its commits are fenced, and none of its outputs is ever seen': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 2 });
    const output = await fixture.topic(log, { partitions: 1 });
    const group = fixture.name('group');
    const stuck = await stuckMember(fixture, group, topic);
    try {
      await fixture.eventually('the first claims', () => stuck.claims.length === 2);
      const other = await fixture.join(log, { group, topics: [topic] });
      await fixture.eventually('the take-over', () => other.held().length >= 1);
      const [taken] = other.held();
      const stale = stuck.claims.find((claim) => claim.partition === taken?.partition);
      expect(stale?.signal.aborted).toBe(true);
      await expectLogError(commitOf(stale, 7, output, 'stale'), 'fenced');
      await commitOf(taken, 1, output, 'valid');
      await expectLogError(commitOf(stale, 9, output, 'stale again'), 'fenced');
      expect(await readTexts(log, output, 0)).toEqual(['valid']);
      expect(await log.committed(group, topic, taken?.partition ?? -1)).toBe(1);
    } finally {
      stuck.letGo();
    }
  },
};

const crashed: LogCases = {
  'gives its partitions on, from the committed positions': async ({ fixture, harness }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 2 });
    await log.append([0, 0, 0, 1, 1, 1].map((partition) => record(topic, partition, 'x')));
    const group = fixture.name('group');
    const victim = await fixture.join(await fixture.open(), {
      group,
      topics: [topic],
      onClaim: async (claim) => {
        await claim.commit(claim.partition + 1);
        await untilAborted(claim.signal);
      },
    });
    for (const partition of [0, 1]) {
      const committed = async (): Promise<boolean> => (await log.committed(group, topic, partition)) === partition + 1;
      await fixture.eventually('the commits', committed);
    }
    await harness.crash?.(victim.log);
    const heir = await fixture.join(log, { group, topics: [topic] });
    await fixture.shared([heir], 2, 2);
    const positions = heir.held().map((claim) => [claim.partition, claim.position]);
    expect(positions.sort()).toEqual([
      [0, 1],
      [1, 2],
    ]);
  },
};

/** What was taken over can do nothing any more, and goes on elsewhere. */
export const fencingCases: readonly LogCaseGroup[] = [
  { title: 'a claim taken over by another member', cases: takenOver },
  { title: 'a crashed member', needs: 'crash', cases: crashed },
];
