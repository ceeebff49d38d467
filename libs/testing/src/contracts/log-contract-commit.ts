import { type Claim, type Log } from '@tandem/stream';
import { type LogCaseGroup, type LogCases } from './log-contract-case.ts';
import { expect, expectLogError, type LogFixture, readTexts, record, untilAborted } from './log-contract-support.ts';

/** The one claim of a fresh group, held until the client closes. */
async function claimOf(fixture: LogFixture, log: Log, request: { topic: string; group: string }): Promise<Claim> {
  const member = await fixture.join(log, { group: request.group, topics: [request.topic] });
  await fixture.eventually('the claim', () => member.held().length === 1);
  const [claim] = member.held();
  if (claim === undefined) throw new Error('unreachable');
  return claim;
}

const positions: LogCases = {
  'moves the position of its group alone, and survives reopening': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    await log.append(Array.from({ length: 9 }, (_, i) => record(topic, 0, `${i}`)));
    const [group, other] = [fixture.name('group'), fixture.name('group')];
    expect(await log.committed(group, topic, 0)).toBeUndefined();
    const claim = await claimOf(fixture, log, { topic, group });
    await claim.commit(4);
    await claim.commit(7);
    expect(await log.committed(group, topic, 0)).toBe(7);
    expect(await log.committed(other, topic, 0)).toBeUndefined();
    await log.close();
    const again = await fixture.open();
    expect(await again.committed(group, topic, 0)).toBe(7);
    expect((await claimOf(fixture, again, { topic, group })).position).toBe(7);
  },

  'is refused once the membership was left': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    const group = fixture.name('group');
    const member = await fixture.join(log, { group, topics: [topic] });
    await fixture.shared([member], 1, 1);
    const [claim] = member.held();
    await member.membership.leave();
    expect(claim?.signal.aborted).toBe(true);
    await expectLogError(claim?.commit(1) ?? Promise.resolve(), 'fenced', 'closed');
    expect(await log.committed(group, topic, 0)).toBeUndefined();
  },
};

const outputs: LogCases = {
  'shows its outputs in all partitions at once': async ({ fixture }) => {
    const [log, reader] = [await fixture.open(), await fixture.open()];
    const topic = await fixture.topic(log, { partitions: 1 });
    const output = await fixture.topic(log, { partitions: 2 });
    const claim = await claimOf(fixture, log, { topic, group: fixture.name('group') });
    let over = false;
    const look = async (): Promise<number> => {
      let looks = 0;
      for (; !over; looks++) {
        const first = looks % 2;
        const seen = await readTexts(reader, output, first);
        const other = await readTexts(reader, output, 1 - first);
        expect(other.slice(0, seen.length)).toEqual(seen);
        // A driver may answer without ever waiting; the commits need a turn.
        await new Promise(setImmediate);
      }
      return looks;
    };
    const looking = look();
    for (let i = 1; i <= 25; i++) {
      await claim.commit(i, [record(output, 0, `${i}`), record(output, 1, `${i}`)]);
    }
    over = true;
    expect(await looking).toBeGreaterThan(0);
    const all = Array.from({ length: 25 }, (_, i) => `${i + 1}`);
    expect(await readTexts(reader, output, 0)).toEqual(all);
    expect(await readTexts(reader, output, 1)).toEqual(all);
  },

  'that is refused for its size leaves neither outputs nor position, and ends the claim': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    const output = await fixture.topic(log, { partitions: 2, maxRecordBytes: 100_000 });
    const group = fixture.name('group');
    let failure: unknown;
    const member = await fixture.join(log, {
      group,
      topics: [topic],
      onClaim: async (claim) => {
        if (failure === undefined) {
          const outputs = [record(output, 0, 'fine'), record(output, 1, 'x'.repeat(200_000))];
          await claim.commit(1, outputs).catch((error: unknown) => {
            failure = error;
            throw error;
          });
        }
        return untilAborted(claim.signal);
      },
    });
    await fixture.eventually('the claim to be given again', () => member.claims.length === 2);
    expect(failure).toMatchObject({ name: 'LogError', reason: 'too-large' });
    expect(member.claims[0]?.signal.aborted).toBe(true);
    expect(await log.committed(group, topic, 0)).toBeUndefined();
    expect(await readTexts(log, output, 0)).toEqual([]);
  },

  'to a topic that does not exist leaves nothing': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    const group = fixture.name('group');
    const claim = await claimOf(fixture, log, { topic, group });
    const outputs = [record(topic, 0, 'half'), record(fixture.name('none'), 0, 'x')];
    await expectLogError(claim.commit(1, outputs), 'unknown-topic', 'fenced');
    expect(await log.committed(group, topic, 0)).toBeUndefined();
    expect(await readTexts(log, topic, 0)).toEqual([]);
  },
};

/** Position and outputs in one transaction. */
export const commitCases: readonly LogCaseGroup[] = [{ title: 'a commit', cases: { ...positions, ...outputs } }];
