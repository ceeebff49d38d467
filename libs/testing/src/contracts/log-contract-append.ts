import { type OutgoingRecord } from '@tandem/stream';
import { type LogCaseGroup, type LogCases } from './log-contract-case.ts';
import { expect, bytes, expectLogError, readAll, readTexts, record } from './log-contract-support.ts';

const LARGE = 'x'.repeat(200_000);

const positions: LogCases = {
  'gives positions in the order of the call, dense from 0 in every partition': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 3 });
    const positions = await log.append([0, 1, 0, 2, 1, 0].map((partition, i) => record(topic, partition, `${i}`)));
    expect(positions).toEqual(
      [
        [0, 0],
        [1, 0],
        [0, 1],
        [2, 0],
        [1, 1],
        [0, 2],
      ].map(([partition, offset]) => ({ topic, partition, offset })),
    );
    expect(await readTexts(log, topic, 0)).toEqual(['0', '2', '5']);
    expect(await log.bounds(topic, 0)).toEqual({ start: 0, end: 3 });
  },

  'of nothing resolves with nothing': async ({ fixture }) => {
    const log = await fixture.open();
    await expect(log.append([])).resolves.toEqual([]);
  },

  'keeps the order of concurrent calls in every partition': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log);
    const calls = Array.from({ length: 400 }, (_, i) => log.append([record(topic, i % 2, `${i}`)]));
    const offsets = (await Promise.all(calls)).map(([position]) => position?.offset ?? -1);
    expect(offsets).toEqual(offsets.map((_, i) => Math.floor(i / 2)));
    const expected = (partition: number): string[] => Array.from({ length: 200 }, (_, i) => String(2 * i + partition));
    expect(await readTexts(log, topic, 0)).toEqual(expected(0));
    expect(await readTexts(log, topic, 1)).toEqual(expected(1));
  },

  'by several clients at once loses nothing and gives no position twice': async ({ fixture }) => {
    const clients = [await fixture.open(), await fixture.open(), await fixture.open()];
    const [first] = clients;
    const topic = await fixture.topic(first ?? (await fixture.open()), { partitions: 1 });
    const calls = clients.flatMap((log, c) =>
      Array.from({ length: 60 }, async (_, i) => {
        const [position] = await log.append([record(topic, 0, `${c}/${i}`)]);
        return [position?.offset, `${c}/${i}`] as const;
      }),
    );
    const acknowledged = new Map(await Promise.all(calls));
    expect(acknowledged.size).toBe(180);
    const texts = await readTexts(await fixture.open(), topic, 0);
    for (const [offset, value] of acknowledged) expect(texts[offset ?? -1]).toBe(value);
  },
};

const contents: LogCases = {
  'keeps keys, values, headers, tombstones and empty values as they were': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    const all256 = Uint8Array.from({ length: 256 }, (_, i) => i);
    const records: OutgoingRecord[] = [
      { topic, partition: 0, key: bytes('key'), value: bytes('value'), headers: { cluster: 'eu', replica: 'a' } },
      { topic, partition: 0, key: null, value: new Uint8Array(0) },
      { topic, partition: 0, key: bytes('gone'), value: null, headers: { why: '' } },
      { topic, partition: 0, key: all256, value: all256, headers: { 'ключ ☃': 'значение ☃', empty: '' } },
      { topic, partition: 0, key: new Uint8Array(0), value: bytes('empty key') },
    ];
    await log.append(records);
    const read = await readAll(log, topic, 0);
    const plain = (data: Uint8Array | null): number[] | null => (data === null ? null : [...data]);
    expect(read.map((one) => [plain(one.key), plain(one.value), one.headers])).toEqual(
      records.map((one) => [plain(one.key), plain(one.value), one.headers ?? {}]),
    );
  },

  'keeps values of a mebibyte': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    const value = Uint8Array.from({ length: 1_048_576 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
    await log.append([{ topic, partition: 0, key: null, value }, record(topic, 0, 'small')]);
    const [large, small] = await readAll(log, topic, 0);
    expect(Buffer.compare(Buffer.from(large?.value ?? []), Buffer.from(value))).toBe(0);
    expect(small?.offset).toBe(1);
  },

  'stamps records with the log’s own time, which never goes back in a partition': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    for (let i = 0; i < 5; i++) {
      await log.append([record(topic, 0, `${i}`)]);
      await fixture.tick();
    }
    const times = (await readAll(log, topic, 0)).map((one) => one.timestampMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThan(times[0] ?? Infinity);
  },
};

const refusals: LogCases = {
  'refuses a record over the topic’s limit and loses nothing beside it': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { maxRecordBytes: 100_000 });
    const fine = (i: number): Promise<unknown> => log.append([record(topic, i % 2, `fine ${i}`)]);
    const before = [fine(0), fine(1)];
    const refused = log.append([record(topic, 0, LARGE)]);
    const after = [fine(2), fine(3)];
    await expectLogError(refused, 'too-large');
    await Promise.all([...before, ...after]);
    await Promise.all([fine(4), fine(5)]);
    expect(await readTexts(log, topic, 0)).toEqual(['fine 0', 'fine 2', 'fine 4']);
    expect(await readTexts(log, topic, 1)).toEqual(['fine 1', 'fine 3', 'fine 5']);
  },

  'keeps what is acknowledged after a call that was partly refused': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { maxRecordBytes: 100_000 });
    for (let round = 0; round < 3; round++) {
      await expectLogError(log.append([record(topic, 0, LARGE), record(topic, 1, `beside ${round}`)]), 'too-large');
      const [position] = await log.append([record(topic, 1, `after ${round}`)]);
      const [kept] = await readAll(log, topic, 1, { from: position?.offset ?? -1 });
      expect(new TextDecoder().decode(kept?.value ?? bytes(''))).toBe(`after ${round}`);
    }
  },

  'refuses a topic that does not exist, and a partition it does not have': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log);
    await expectLogError(log.append([record(fixture.name('none'), 0, 'x')]), 'unknown-topic');
    await expectLogError(log.append([record(topic, 7, 'x')]), 'unknown-topic');
    await expect(log.append([record(topic, 1, 'x')])).resolves.toHaveLength(1);
  },
};

/** Writing: positions, order, contents, refusals. */
export const appendCases: readonly LogCaseGroup[] = [
  { title: 'appending', cases: { ...positions, ...contents, ...refusals } },
];
