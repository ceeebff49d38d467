import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Log, type LogRecord, type TopicSettings } from '@tandem/stream';
import { tempDir, type TempDir, until } from '@tandem/testing';
import { openEmbeddedLog } from '../src/index.ts';

const MINUTE = 60_000;
const topic = 'kept';

let directory: TempDir;
let log: Log;
let nowMs: number;

beforeEach(async () => {
  nowMs = 1_700_000_000_000;
  directory = tempDir('log-retention');
  log = await openEmbeddedLog({
    path: directory.path,
    now: () => nowMs,
    housekeepingMs: 5,
    tombstoneMs: 10 * MINUTE,
  });
});

afterEach(async () => {
  await log.close();
  await directory.remove();
});

async function create(settings: Partial<TopicSettings>): Promise<void> {
  await log.createTopics([{ name: topic, partitions: 1, policy: 'delete', maxRecordBytes: 100_000, ...settings }]);
}

async function append(key: string | null, value: string | null): Promise<void> {
  const bytes = (text: string | null): Uint8Array | null => (text === null ? null : Buffer.from(text));
  await log.append([{ topic, partition: 0, key: bytes(key), value: bytes(value) }]);
}

async function all(): Promise<LogRecord[]> {
  const { end } = await log.bounds(topic, 0);
  const records: LogRecord[] = [];
  for await (const batch of log.read({ topic, partition: 0, from: 0, until: end })) records.push(...batch.records);
  return records;
}

async function startIs(start: number): Promise<void> {
  await until(async () => (await log.bounds(topic, 0)).start === start, { what: `the start at ${start}` });
}

describe('retention', () => {
  test('removes what is older than the time, and reading from there begins at the oldest kept record', async () => {
    await create({ retentionMs: 10 * MINUTE });
    for (let i = 0; i < 20; i++) {
      await append(null, `${i}`);
      nowMs += MINUTE;
    }
    await startIs(10);
    expect((await all()).map((one) => one.offset)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(await log.offsetAt(topic, 0, 0)).toBe(10);
    expect(await log.offsetAt(topic, 0, nowMs - 3 * MINUTE)).toBe(17);
  });

  test('that overtakes a reader is told with the next batch, once', async () => {
    await create({ retentionMs: MINUTE });
    await Promise.all(Array.from({ length: 10 }, (_, i) => append(null, `${i}`)));
    const end = new AbortController();
    const seen: [number | undefined, number | undefined][] = [];
    for await (const batch of log.read({ topic, partition: 0, from: 2, maxBatchBytes: 1, signal: end.signal })) {
      seen.push([batch.records[0]?.offset, batch.lostFrom]);
      if (seen.length === 3) break;
      if (seen.length > 1) continue;
      nowMs += 2 * MINUTE;
      await startIs(10);
      await append(null, '10');
      await append(null, '11');
    }
    expect(seen).toEqual([
      [2, undefined],
      [10, 3],
      [11, undefined],
    ]);
  });

  test('removes the oldest records over the bytes', async () => {
    await create({ retentionBytes: 50_000 });
    await Promise.all(Array.from({ length: 1000 }, () => append(null, 'x'.repeat(992))));
    await startIs(950);
    await append(null, 'y'.repeat(992));
    await startIs(951);
    expect(await all()).toHaveLength(50);
  });

  test('empties a partition whose records are all too old, and its offsets go on', async () => {
    await create({ retentionMs: MINUTE });
    await Promise.all(Array.from({ length: 600 }, (_, i) => append(null, `${i}`)));
    nowMs += 2 * MINUTE;
    await startIs(600);
    expect(await log.bounds(topic, 0)).toEqual({ start: 600, end: 600 });
    await append(null, 'next');
    expect((await all()).map((one) => one.offset)).toEqual([600]);
  });

  test('follows new settings of an existing topic, whose partitions stay', async () => {
    await create({ retentionMs: 100 * MINUTE });
    await append(null, 'old');
    nowMs += 5 * MINUTE;
    await create({ retentionMs: MINUTE, partitions: 3 });
    await startIs(1);
    expect(await log.partitions(topic)).toBe(1);
  });
});

describe('compaction', () => {
  test('removes the older record of a key at once, and leaves a hole', async () => {
    await create({ policy: 'compact' });
    for (const key of ['a', 'b', 'a', 'c', 'b']) await append(key, `${key} newest`);
    expect((await all()).map((one) => one.offset)).toEqual([2, 3, 4]);
  });

  test('knows long keys apart', async () => {
    await create({ policy: 'compact' });
    const long = 'k'.repeat(3000);
    for (const end of ['1', '2', '1']) await append(long + end, end);
    expect((await all()).map((one) => Buffer.from(one.value ?? []).toString())).toEqual(['2', '1']);
  });

  test('keeps a tombstone for a while, then removes it; a key written again meanwhile stays', async () => {
    await create({ policy: 'compact' });
    await append('gone', 'x');
    await append('back', 'x');
    await append('gone', null);
    await append('back', null);
    await append('back', 'again');
    expect((await all()).map((one) => one.offset)).toEqual([2, 4]);
    nowMs += 11 * MINUTE;
    await until(async () => (await all()).length === 1, { what: 'the tombstone to go' });
    expect((await all()).map((one) => one.offset)).toEqual([4]);
  });
});

describe('append times', () => {
  test('do not go back with the clock', async () => {
    await create({});
    await append(null, '0');
    nowMs -= MINUTE;
    await append(null, '1');
    const [first, second] = (await all()).map((one) => one.timestampMs);
    expect(second).toBe(first);
  });
});
