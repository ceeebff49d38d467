import { type LogCaseGroup, type LogCases } from './log-contract-case.ts';
import { expect, record, untilAborted } from './log-contract-support.ts';

const sharing: LogCases = {
  'of one member gives it every partition of all its topics': async ({ fixture }) => {
    const log = await fixture.open();
    const topics = [await fixture.topic(log, { partitions: 3 }), await fixture.topic(log, { partitions: 2 })];
    const member = await fixture.join(log, { group: fixture.name('group'), topics });
    await fixture.eventually('all claims', () => member.held().length === 5);
    const held = member.held().map((claim) => `${claim.topic}/${claim.partition}`);
    expect(new Set(held).size).toBe(5);
    const assigned = member.membership.assignment().map((one) => `${one.topic}/${one.partition}`);
    expect(assigned.sort()).toEqual(held.sort());
  },

  'gives a joining member a share, and every partition to one member alone': async ({ fixture }) => {
    const [a, b, c] = [await fixture.open(), await fixture.open(), await fixture.open()];
    const topic = await fixture.topic(a, { partitions: 6 });
    const group = { group: fixture.name('group'), topics: [topic] };
    const first = await fixture.join(a, group);
    await fixture.shared([first], 6, 6);
    const second = await fixture.join(b, group);
    await fixture.shared([first, second], 6, 2);
    const third = await fixture.join(c, group);
    await fixture.shared([first, second, third], 6, 1);
  },

  'moves the partitions of a member that leaves, and of a client that closes': async ({ fixture }) => {
    const [a, b, c] = [await fixture.open(), await fixture.open(), await fixture.open()];
    const topic = await fixture.topic(a, { partitions: 4 });
    const group = { group: fixture.name('group'), topics: [topic] };
    const first = await fixture.join(a, group);
    const second = await fixture.join(b, group);
    const third = await fixture.join(c, group);
    await fixture.shared([first, second, third], 4, 1);
    await second.membership.leave();
    expect(second.held()).toEqual([]);
    expect(second.membership.assignment()).toEqual([]);
    await fixture.shared([first, third], 4, 1);
    await c.close();
    await fixture.shared([first], 4, 4);
  },

  'gives a member more than there are partitions nothing until one becomes free': async ({ fixture }) => {
    const [a, b] = [await fixture.open(), await fixture.open()];
    const topic = await fixture.topic(a, { partitions: 1 });
    const group = { group: fixture.name('group'), topics: [topic] };
    const first = await fixture.join(a, group);
    await fixture.shared([first], 1, 1);
    const second = await fixture.join(b, group);
    const both = [first, second];
    await fixture.eventually('one holder', () => both.flatMap((member) => member.held()).length === 1);
    const holder = both.find((member) => member.held().length === 1);
    await holder?.membership.leave();
    await fixture.shared(
      both.filter((member) => member !== holder),
      1,
      1,
    );
  },

  'does not disturb another group on the same topic': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 2 });
    const one = await fixture.join(log, { group: fixture.name('group'), topics: [topic] });
    const other = await fixture.join(log, { group: fixture.name('group'), topics: [topic] });
    await fixture.shared([one], 2, 2);
    await fixture.shared([other], 2, 2);
  },
};

const handlers: LogCases = {
  'gives a claim again, from the committed position, after its handler failed': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    await log.append(Array.from({ length: 5 }, (_, i) => record(topic, 0, `${i}`)));
    const positions: number[] = [];
    const member = await fixture.join(log, {
      group: fixture.name('group'),
      topics: [topic],
      onClaim: async (claim) => {
        positions.push(claim.position);
        if (positions.length === 1) {
          await claim.commit(3);
          throw new Error('the handler failed');
        }
        await untilAborted(claim.signal);
      },
    });
    await fixture.eventually('the second claim', () => positions.length === 2);
    expect(positions).toEqual([0, 3]);
    expect(member.errors).toContainEqual(new Error('the handler failed'));
  },

  'begins at the end where it is asked to and nothing was committed': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    await log.append([record(topic, 0, 'old'), record(topic, 0, 'old')]);
    const group = fixture.name('group');
    const member = await fixture.join(log, { group, topics: [topic], initial: 'end' });
    await fixture.shared([member], 1, 1);
    expect(member.held()[0]?.position).toBe(2);
    await member.membership.leave();
    const again = await fixture.join(log, { group: fixture.name('group'), topics: [topic] });
    await fixture.shared([again], 1, 1);
    expect(again.held()[0]?.position).toBe(0);
  },

  'waits for the handlers of a member that leaves': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 2 });
    let ended = 0;
    const member = await fixture.join(log, {
      group: fixture.name('group'),
      topics: [topic],
      onClaim: async (claim) => {
        await untilAborted(claim.signal);
        await fixture.tick();
        ended += 1;
      },
    });
    await fixture.shared([member], 2, 2);
    await member.membership.leave();
    expect(ended).toBe(2);
  },
};

/** Who holds which partition. */
export const groupCases: readonly LogCaseGroup[] = [{ title: 'a group', cases: { ...sharing, ...handlers } }];
