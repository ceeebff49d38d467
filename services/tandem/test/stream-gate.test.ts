import { afterEach, describe, expect, jest, test } from '@jest/globals';
import {
  clusterKey,
  forgottenKey,
  forgottenRecord,
  HEADER,
  senderRecord,
  settingsKey,
  shardKey,
} from '@tandem/records';
import { LogError, partitionOf, topicName, topicSettings } from '@tandem/stream';
import { type Logger, NO_LOGGER } from '@tandem/telemetry';
import { MemoryLog, MemoryLogStorage } from '@tandem/testing';

import { streamGate } from '../src/compose/stream-gate.ts';

const PREFIX = 'tandem.';
const CLUSTERS = topicName(PREFIX, 'clusters');

/** Starts a process on a log with some partitions; `createTopics`: it is the embedded one. */
async function started(log: MemoryLog, partitions: number, createTopics = false): Promise<void> {
  const topics = topicSettings({ prefix: PREFIX, partitions });
  const gate = streamGate({ log, topics, clustersTopic: CLUSTERS, createTopics, logger: NO_LOGGER });
  await gate.start(new AbortController().signal);
}

async function logOf(partitions: number): Promise<MemoryLog> {
  const log = new MemoryLog(new MemoryLogStorage());
  await log.createTopics(topicSettings({ prefix: PREFIX, partitions }));
  return log;
}

/** Writes what is known under a key where it belonged with so many partitions. */
async function kept(log: MemoryLog, key: Uint8Array, partitions: number, headers = {}): Promise<void> {
  const partition = partitionOf(key, partitions);
  await log.append([{ topic: CLUSTERS, partition, key, value: new Uint8Array([1]), headers }]);
}

describe('the start of a process', () => {
  test('goes on where every cluster and shard is in the partition of its key', async () => {
    const log = await logOf(8);
    for (let i = 0; i < 20; i++) await kept(log, clusterKey('t', `c${i}`), 8);
    for (let shard = 0; shard < 4; shard++) await kept(log, shardKey('t', 'big', shard), 8, { [HEADER.kind]: 'shard' });
    await expect(started(log, 8)).resolves.toBeUndefined();
  });

  test.each<[string, Uint8Array, Record<string, string>]>([
    ['a cluster', clusterKey('t', 'prod-eu'), {}],
    ['a shard', shardKey('t', 'prod', 1), { [HEADER.kind]: 'shard' }],
  ])('is refused where %s was kept with fewer partitions, and names it', async (_, key, headers) => {
    const log = await logOf(12);
    expect(partitionOf(key, 12)).not.toBe(partitionOf(key, 8));
    await kept(log, key, 8, headers);
    await expect(started(log, 12)).rejects.toMatchObject({
      code: 'TANDEM_LOG_MISCONFIGURED',
      message: expect.stringMatching(/tandem\.clusters: cluster "t\/prod.*" was kept in partition \d+, and of 12/),
    });
  });

  test('does not mind what is kept of settings and senders in any partition', async () => {
    const log = await logOf(12);
    const { value, headers } = senderRecord.encode({
      tenant: 't',
      cluster: 'c',
      replica: null,
      sinceMs: 0,
      heardAtMs: 0,
    });
    const key = clusterKey('t', 'x');
    const partition = (partitionOf(key, 12) + 1) % 12;
    await log.append([
      { topic: CLUSTERS, partition, key: settingsKey(), value, headers: { [HEADER.kind]: 'settings' } },
      { topic: CLUSTERS, partition, key: forgottenKey('samples'), ...forgottenRecord.encode({ epoch: 1 }) },
      { topic: CLUSTERS, partition, key, value, headers },
      // Removed long ago.
      { topic: CLUSTERS, partition, key, value: null },
    ]);
    await expect(started(log, 12)).resolves.toBeUndefined();
  });

  test('is refused where topics are missing, and says what makes them', async () => {
    const log = new MemoryLog(new MemoryLogStorage());
    await expect(started(log, 4)).rejects.toThrow(
      /^cannot use the topics: tandem\.samples, .* and \d+ more missing: "tandem topics create" makes what is missing$/,
    );
  });

  test('is refused where a topic is missing and another is not as it must be, and names both', async () => {
    const log = new MemoryLog(new MemoryLogStorage());
    const [, ...others] = topicSettings({ prefix: PREFIX, partitions: 4 });
    await log.createTopics(
      others.map((topic) => ({ ...topic, partitions: topic.name === CLUSTERS ? 3 : topic.partitions })),
    );
    await expect(started(log, 4)).rejects.toThrow(
      /^cannot use the topics: tandem\.samples missing: .*; tandem\.clusters: partitions is 3, expected 4$/,
    );
  });

  describe('while the log is away', () => {
    afterEach(() => {
      jest.useRealTimers();
    });

    /** What is logged in so many seconds of an outage, with the reason at each. */
    async function loggedIn(seconds: number, reasonAt: (second: number) => string): Promise<string[]> {
      jest.useFakeTimers();
      let second = 0;
      const log = new MemoryLog(new MemoryLogStorage());
      log.ping = () => Promise.reject(new LogError('unavailable', reasonAt(second++)));
      const told: string[] = [];
      const warn = ({ error }: { error: Error }): number => told.push(error.message);
      const logger = { ...NO_LOGGER, warn } as unknown as Logger;
      const ended = new AbortController();
      const start = streamGate({ log, topics: [], createTopics: false, logger }).start(ended.signal);
      await jest.advanceTimersByTimeAsync((seconds - 1) * 1000);
      ended.abort();
      await start;
      return told;
    }

    test('says so at once, and twice a minute while the reason is the same', async () => {
      expect(await loggedIn(61, () => 'refused')).toEqual(['refused', 'refused', 'refused']);
    });

    test('says so when the reason is another one', async () => {
      expect(await loggedIn(10, (second) => (second < 4 ? 'refused' : 'timed out'))).toEqual(['refused', 'timed out']);
    });
  });
});
