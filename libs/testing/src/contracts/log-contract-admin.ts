import { type LogCaseGroup, type LogCases } from './log-contract-case.ts';
import { expect, bytes, expectLogError, readAll, record, text } from './log-contract-support.ts';

const topics: LogCases = {
  'are created once; creating them again changes nothing': async ({ fixture }) => {
    const log = await fixture.open();
    const settings = [fixture.settings({ partitions: 3 }), fixture.settings({ partitions: 1 })];
    expect((await log.createTopics(settings)).map((one) => one.outcome)).toEqual(['created', 'created']);
    await log.append([record(settings[0]?.name ?? '', 2, 'kept')]);
    expect((await log.createTopics(settings)).map((one) => one.outcome)).toEqual(['exists', 'exists']);
    expect(await log.partitions(settings[0]?.name ?? '')).toBe(3);
    expect(await readAll(log, settings[0]?.name ?? '', 2)).toHaveLength(1);
  },

  'created as needed have no mismatch': async ({ fixture }) => {
    const log = await fixture.open();
    const settings = [fixture.settings({ partitions: 3 }), fixture.settings({ policy: 'compact' })];
    await log.createTopics(settings);
    expect(await log.checkTopics(settings)).toEqual([]);
  },

  'that are missing or set otherwise are named with what was expected and found': async ({ fixture }) => {
    const log = await fixture.open();
    const there = fixture.settings({ partitions: 2 });
    const missing = fixture.settings();
    await log.createTopics([there]);
    const wanted = { ...there, partitions: 5, retentionMs: 172_800_000 };
    const found = await log.checkTopics([wanted, missing]);
    expect(found).toContainEqual({ topic: there.name, setting: 'partitions', expected: '5', actual: '2' });
    expect(found.filter((one) => one.topic === there.name)).toHaveLength(2);
    expect(found.filter((one) => one.topic === missing.name).map((one) => one.actual)).toEqual(['missing']);
  },

  'keep their number of partitions when created again with another': async ({ fixture }) => {
    const log = await fixture.open();
    const settings = fixture.settings({ partitions: 2 });
    await log.createTopics([settings]);
    await log.createTopics([{ ...settings, partitions: 4 }]);
    expect(await log.partitions(settings.name)).toBe(2);
  },

  'made by one client are there for another': async ({ fixture }) => {
    const [a, b] = [await fixture.open(), await fixture.open()];
    const topic = await fixture.topic(a, { partitions: 3 });
    expect(await b.partitions(topic)).toBe(3);
    await expect(b.append([record(topic, 0, 'x')])).resolves.toHaveLength(1);
  },

  'that do not exist are refused as unknown': async ({ fixture }) => {
    const log = await fixture.open();
    await expectLogError(log.partitions(fixture.name('none')), 'unknown-topic');
    await expectLogError(log.bounds(fixture.name('none'), 0), 'unknown-topic');
    await expectLogError(log.offsetAt(fixture.name('none'), 0, 0), 'unknown-topic');
  },
};

const compaction: LogCases = {
  'with compaction keep the newest record of every key, and tombstones remove keys': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { policy: 'compact', partitions: 1 });
    for (const round of ['1', '2', '3']) {
      await log.append(['a', 'b', 'c'].map((key) => record(topic, 0, `${key}${round}`, key)));
    }
    await log.append([{ topic, partition: 0, key: bytes('b'), value: null }]);
    const newest = new Map<string | null, string | null>();
    for (const one of await readAll(log, topic, 0)) newest.set(text(one.key), text(one.value));
    expect(newest.get('a')).toBe('a3');
    expect(newest.get('c')).toBe('c3');
    expect(newest.get('b') ?? null).toBeNull();
  },
};

const life: LogCases = {
  'answers a ping while it is open': async ({ fixture }) => {
    const log = await fixture.open();
    await expect(log.ping()).resolves.toBeUndefined();
  },

  'may be closed twice, and refuses everything afterwards': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log);
    await Promise.all([log.close(), log.close()]);
    await log.close();
    await expectLogError(log.append([record(topic, 0, 'x')]), 'closed');
    await expectLogError(log.bounds(topic, 0), 'closed');
    await expectLogError(log.ping(), 'closed');
    await expectLogError(readAll(log, topic, 0), 'closed');
  },

  'that is closed ends its reads and memberships and finishes the appends under way': async ({ fixture }) => {
    const [log, other] = [await fixture.open(), await fixture.open()];
    const topic = await fixture.topic(log, { partitions: 1 });
    const member = await fixture.join(log, { group: fixture.name('group'), topics: [topic] });
    await fixture.shared([member], 1, 1);
    const tail = (async (): Promise<void> => {
      for await (const batch of log.read({ topic, partition: 0, from: 0 })) expect(batch.topic).toBe(topic);
    })().catch((error: unknown) => error);
    const appends = Promise.allSettled(Array.from({ length: 20 }, (_, i) => log.append([record(topic, 0, `${i}`)])));
    await log.close();
    const acknowledged = (await appends).filter((one) => one.status === 'fulfilled').length;
    expect((await readAll(other, topic, 0)).length).toBeGreaterThanOrEqual(acknowledged);
    await tail;
    await fixture.eventually('the claims to end', () => member.held().length === 0);
  },
};

/** Topics: creating, checking, compaction; and the life of a client. */
export const adminCases: readonly LogCaseGroup[] = [
  { title: 'topics', cases: topics },
  { title: 'compacted topics', cases: compaction },
  { title: 'a client', cases: life },
];
