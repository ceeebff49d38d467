import { describe, expect, test } from '@jest/globals';
import {
  clusterKey,
  forgottenKey,
  forgottenRecord,
  HEADER,
  senderRecord,
  settingsKey,
  shardKey,
} from '@tandem/records';
import { partitionOf, topicName, topicSettings } from '@tandem/stream';
import { NO_LOGGER } from '@tandem/telemetry';
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

  test('is refused where topics are missing', async () => {
    const log = new MemoryLog(new MemoryLogStorage());
    await expect(started(log, 4)).rejects.toThrow(/is missing, expected 4/);
  });
});
