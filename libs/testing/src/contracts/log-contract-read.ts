import { type RecordBatch } from '@tandem/stream';
import { type LogCaseGroup, type LogCases } from './log-contract-case.ts';
import { expect, expectLogError, readAll, readBatches, record, text } from './log-contract-support.ts';

const ranges: LogCases = {
  'begins at an offset and ends at another': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    await log.append(Array.from({ length: 10 }, (_, i) => record(topic, 0, `${i}`)));
    const some = await readAll(log, topic, 0, { from: 3, until: 7 });
    expect(some.map((one) => [one.offset, text(one.value)])).toEqual([3, 4, 5, 6].map((i) => [i, `${i}`]));
    expect(await readAll(log, topic, 0, { from: 4, until: 4 })).toEqual([]);
    expect(await readAll(log, topic, 0, { from: 0, until: 0 })).toEqual([]);
  },

  'says where to read on and where the partition ends': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    await log.append(Array.from({ length: 30 }, (_, i) => record(topic, 0, `${i}`.repeat(500))));
    const batches = await readBatches(log, topic, 0, { maxBatchBytes: 4000 });
    expect(batches.length).toBeGreaterThan(1);
    let next = 0;
    for (const batch of batches) {
      expect(batch).toMatchObject({ topic, partition: 0, end: 30 });
      expect(batch.records[0]?.offset).toBe(next);
      expect(batch.nextOffset).toBe((batch.records.at(-1)?.offset ?? -1) + 1);
      next = batch.nextOffset;
    }
    expect(next).toBe(30);
  },

  'bounds the bytes of a batch; a larger record comes alone': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    const sizes = [1000, 1000, 1000, 1000, 50_000, 1000, 1000, 1000, 1000, 1000, 1000];
    await log.append(sizes.map((size, i) => record(topic, 0, String(i % 10).repeat(size))));
    const batches = await readBatches(log, topic, 0, { maxBatchBytes: 10_000 });
    const size = (batch: RecordBatch): number => batch.records.reduce((sum, one) => sum + (one.value?.length ?? 0), 0);
    for (const batch of batches) expect(batch.records.length === 1 || size(batch) <= 10_000).toBe(true);
    expect(batches.flatMap((batch) => batch.records.map((one) => one.offset))).toEqual(sizes.map((_, i) => i));
  },

  'of a topic that does not exist is refused': async ({ fixture }) => {
    const log = await fixture.open();
    const none = fixture.name('none');
    const reading = (async (): Promise<void> => {
      for await (const batch of log.read({ topic: none, partition: 0, from: 0 })) expect(batch).toBeUndefined();
    })();
    await expectLogError(reading, 'unknown-topic');
  },
};

const tails: LogCases = {
  'tails what other clients append later, in order': async ({ fixture }) => {
    const [writer, reader] = [await fixture.open(), await fixture.open()];
    const topic = await fixture.topic(writer, { partitions: 1 });
    const seen: (string | null)[] = [];
    const end = new AbortController();
    const tail = (async (): Promise<void> => {
      for await (const batch of reader.read({ topic, partition: 0, from: 0, signal: end.signal })) {
        seen.push(...batch.records.map((one) => text(one.value)));
      }
    })();
    for (let i = 0; i < 10; i++) {
      await writer.append([record(topic, 0, `${i}`)]);
      await fixture.eventually('the tail to see the append', () => seen.length > i);
    }
    expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
    end.abort();
    await expect(tail).resolves.toBeUndefined();
  },

  'ends without an error when the signal aborts, waiting or not, before or within': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    const end = new AbortController();
    const waiting = readAll(log, topic, 0, { until: 5, signal: end.signal });
    end.abort();
    await expect(waiting).resolves.toEqual([]);
    await expect(readAll(log, topic, 0, { until: 5, signal: end.signal })).resolves.toEqual([]);
  },

  'ends when its consumer stops, and leaves the client usable': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    await log.append(Array.from({ length: 20 }, (_, i) => record(topic, 0, `${'x'.repeat(1000)}${i}`)));
    for (let i = 0; i < 5; i++) {
      for await (const batch of log.read({ topic, partition: 0, from: 0, maxBatchBytes: 2000 })) {
        expect(batch.records[0]?.offset).toBe(0);
        break;
      }
    }
    expect(await readAll(log, topic, 0)).toHaveLength(20);
  },

  'to the bounds sees everything acknowledged before, by whichever client': async ({ fixture }) => {
    const [writer, reader] = [await fixture.open(), await fixture.open()];
    const topic = await fixture.topic(writer, { partitions: 1 });
    for (let i = 0; i < 20; i++) {
      await writer.append([record(topic, 0, `${i}`)]);
      const { start, end } = await reader.bounds(topic, 0);
      expect([start, end]).toEqual([0, i + 1]);
      const all = await readAll(reader, topic, 0, { until: end });
      expect(text(all.at(-1)?.value ?? null)).toBe(`${i}`);
    }
  },
};

const times: LogCases = {
  'finds the first offset at or after a time': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    for (let i = 0; i < 8; i++) {
      await log.append([record(topic, 0, `${i}`)]);
      await fixture.tick();
    }
    const times = (await readAll(log, topic, 0)).map((one) => one.timestampMs);
    for (const [offset, time] of times.entries()) {
      expect(await log.offsetAt(topic, 0, time)).toBe(offset);
      expect(await log.offsetAt(topic, 0, time + 1)).toBe(offset + 1);
    }
    expect(await log.offsetAt(topic, 0, 0)).toBe(0);
    expect(await log.offsetAt(topic, 0, (times.at(-1) ?? 0) + 60_000)).toBe(8);
  },

  'of an empty partition begins and ends at 0': async ({ fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log);
    expect(await log.bounds(topic, 1)).toEqual({ start: 0, end: 0 });
    expect(await log.offsetAt(topic, 1, Date.now())).toBe(0);
    expect(await readAll(log, topic, 1)).toEqual([]);
  },
};

const overtaken: LogCases = {
  'says from where on records were gone before it read them, once': async ({ harness, fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    await log.append(Array.from({ length: 10 }, (_, i) => record(topic, 0, `${i}`.repeat(500))));
    await harness.trim?.(topic, 0, 6);
    const batches = await readBatches(log, topic, 0, { from: 2, maxBatchBytes: 600 });
    expect(batches.map(({ records, lostFrom }) => [records[0]?.offset, lostFrom])).toEqual([
      [6, 2],
      [7, undefined],
      [8, undefined],
      [9, undefined],
    ]);
  },

  'says so with the first record that comes where none were left': async ({ harness, fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    await log.append([0, 1, 2].map((i) => record(topic, 0, `${i}`)));
    await harness.trim?.(topic, 0, 3);
    const reading = readBatches(log, topic, 0, { from: 1, until: 4 });
    await log.append([record(topic, 0, '3')]);
    expect(await reading).toMatchObject([{ records: [{ offset: 3 }], lostFrom: 1 }]);
  },

  'loses nothing from the start on, nor by holes behind it': async ({ harness, fixture }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 1 });
    await log.append(Array.from({ length: 4 }, (_, i) => record(topic, 0, `${i}`)));
    await harness.trim?.(topic, 0, 2);
    const batches = [
      ...(await readBatches(log, topic, 0, { from: 2 })),
      ...(await readBatches(log, topic, 0, { from: 3 })),
    ];
    expect(batches.map(({ records }) => records[0]?.offset)).toEqual([2, 3]);
    for (const batch of batches) expect(batch).not.toHaveProperty('lostFrom');
  },
};

/** Reading: from, until, tail, abort, batches, times, the barrier, the end of memory. */
export const readCases: readonly LogCaseGroup[] = [
  { title: 'reading', cases: { ...ranges, ...tails, ...times } },
  { title: 'reading what retention overtook', needs: 'trim', cases: overtaken },
];
