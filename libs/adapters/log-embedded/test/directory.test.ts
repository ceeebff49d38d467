import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Claim, type LogError, type OutgoingRecord, type TopicSettings } from '@tandem/stream';
import { tempDir, type TempDir } from '@tandem/testing';
import { open } from 'lmdb';
import { openEmbeddedLog } from '../src/index.ts';

const TOPIC: TopicSettings = { name: 'topic', partitions: 1, policy: 'delete', maxRecordBytes: 100_000 };
const record = (bytes: number): OutgoingRecord => ({
  topic: TOPIC.name,
  partition: 0,
  key: null,
  value: Buffer.alloc(bytes),
});

let directory: TempDir;

beforeEach(() => {
  directory = tempDir('log-directory');
});

afterEach(() => directory.remove());

describe('a data directory', () => {
  test('keeps records, topics and positions over closing and opening', async () => {
    const first = await openEmbeddedLog({ path: `${directory.path}/made/when/missing` });
    await first.createTopics([TOPIC]);
    await first.append([record(10)]);
    await first.close();
    const second = await openEmbeddedLog({ path: `${directory.path}/made/when/missing` });
    expect(await second.checkTopics([TOPIC])).toEqual([]);
    expect(await second.append([record(10)])).toEqual([{ topic: TOPIC.name, partition: 0, offset: 1 }]);
    await second.close();
  });

  test('of a newer version is refused, with what to do', async () => {
    const log = await openEmbeddedLog({ path: directory.path });
    await log.close();
    const root = open<Buffer, Buffer>({ path: directory.path, encoding: 'binary', keyEncoding: 'binary' });
    const meta = root.openDB<Buffer, Buffer>({ name: 'meta', encoding: 'binary', keyEncoding: 'binary' });
    await meta.put(Buffer.from('format'), Buffer.of(0, 0, 0, 9));
    await root.close();
    const refused = openEmbeddedLog({ path: directory.path });
    await expect(refused).rejects.toMatchObject({ reason: 'misconfigured' });
    await expect(refused).rejects.toThrow('format 9, this version knows up to 1; upgrade');
  });

  test('that cannot be made is refused as unavailable', async () => {
    const file = join(directory.path, 'file');
    await writeFile(file, '');
    const refused = openEmbeddedLog({ path: join(file, 'below') });
    await expect(refused).rejects.toMatchObject({ name: 'LogError', reason: 'unavailable' });
  });

  test('over its bytes refuses appends as full and keeps the rest', async () => {
    const log = await openEmbeddedLog({ path: directory.path, maxBytes: 10_000 });
    await log.createTopics([TOPIC]);
    for (let i = 0; i < 9; i++) await log.append([record(1000)]);
    await expect(log.append([record(1000)])).rejects.toMatchObject({ reason: 'full', retryable: true });
    await expect(log.append([record(100)])).resolves.toHaveLength(1);
    expect(await log.bounds(TOPIC.name, 0)).toEqual({ start: 0, end: 10 });
    await log.close();
  });

  test('refuses appends as unavailable rather than let them pile up', async () => {
    const log = await openEmbeddedLog({ path: directory.path, maxWaitingBytes: 250_000 });
    await log.createTopics([TOPIC]);
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => log.append([record(99_000)])));
    const refused = results.filter((one) => one.status === 'rejected').map((one) => one.reason as LogError);
    expect(refused.map((error) => error.reason)).toEqual(refused.map(() => 'unavailable'));
    expect(refused).toHaveLength(8);
    expect((await log.bounds(TOPIC.name, 0)).end).toBe(2);
    await log.close();
  });

  test('takes the commit of a claim however much waits', async () => {
    const log = await openEmbeddedLog({ path: directory.path, maxWaitingBytes: 100_000 });
    await log.createTopics([TOPIC]);
    await log.append([record(1000)]);
    const results = await new Promise<readonly PromiseSettledResult<unknown>[]>((resolve, reject) => {
      const onClaim = async (claim: Claim): Promise<void> => {
        const appends = Array.from({ length: 5 }, () => log.append([record(90_000)]));
        resolve(await Promise.allSettled([...appends, claim.commit(1, [record(90_000)])]));
      };
      log.join({ group: 'g', topics: [TOPIC.name], onClaim }).catch(reject);
    });
    const statuses = results.map(({ status }) => status);
    expect(statuses.at(-1)).toBe('fulfilled');
    expect(statuses).toContain('rejected');
    await log.close();
  });

  test.each([
    ['a name with a slash', { name: 'a/b' }],
    ['an empty name', { name: '' }],
    ['no partitions', { partitions: 0 }],
    ['half a partition', { partitions: 1.5 }],
  ])('refuses a topic with %s', async (_what, wrong) => {
    const log = await openEmbeddedLog({ path: directory.path });
    await expect(log.createTopics([{ ...TOPIC, ...wrong }])).rejects.toMatchObject({ reason: 'misconfigured' });
    await log.close();
  });

  test('refuses groups without a name and offsets that are none', async () => {
    const log = await openEmbeddedLog({ path: directory.path });
    await log.createTopics([TOPIC]);
    const onClaim = (): Promise<void> => Promise.resolve();
    await expect(log.join({ group: '', topics: [TOPIC.name], onClaim })).rejects.toMatchObject({
      reason: 'misconfigured',
    });
    const reading = log.read({ topic: TOPIC.name, partition: 0, from: -1 })[Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toMatchObject({ reason: 'misconfigured' });
    await log.close();
  });
});
