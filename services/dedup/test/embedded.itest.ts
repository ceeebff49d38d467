import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SYSTEM_CLOCK } from '@tandem/lifecycle';
import { openEmbeddedLog } from '@tandem/log-embedded';
import { encodeSamplesHeaders, clusterKey, decodeDedupedHeaders, isWatermark } from '@tandem/records';
import { compress, encode } from '@tandem/remote-write';
import { partitionOf, topicSettings, type Log, type LogRecord, type OutgoingRecord } from '@tandem/stream';
import { createMetrics, NO_LOGGER } from '@tandem/telemetry';
import { MemoryLeaseServer, MemoryLeaseStore, tempDir, until, type TempDir } from '@tandem/testing';

import { createDedup, dedupTopics, type DedupService } from '../src/index.ts';
import { samplesOf, SETTINGS, T0 } from './pipeline.ts';

const PREFIX = 'tandem.';
const PARTITIONS = 4;
const CLUSTERS = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5'];
const TOPICS = dedupTopics(PREFIX);

/** One request of a replica: five series at one time. */
function request(cluster: string, replica: string, second: number): OutgoingRecord {
  const timestampMs = T0 + second * 1000;
  const series = Array.from({ length: 5 }, (_, i) => ({
    labels: [
      { name: '__name__', value: `${cluster}-s${i}` },
      { name: '__replica__', value: replica },
      { name: 'cluster', value: cluster },
    ],
    samples: [{ value: second, timestampMs }],
  }));
  const key = clusterKey('t', cluster);
  return {
    topic: TOPICS.samples,
    partition: partitionOf(key, PARTITIONS),
    key,
    value: compress(encode('v1', series)),
    headers: encodeSamplesHeaders({
      tenant: 't',
      pair: { cluster, replica },
      protocol: '1.0',
      samples: 5,
      span: { minTimestampMs: timestampMs, maxTimestampMs: timestampMs },
      receivedAtMs: timestampMs,
      downTargets: [],
    }),
  };
}

async function readAll(log: Log, topic: string, partition: number): Promise<readonly LogRecord[]> {
  const { start, end } = await log.bounds(topic, partition);
  const records: LogRecord[] = [];
  for await (const batch of log.read({ topic, partition, from: start, until: end })) records.push(...batch.records);
  return records;
}

describe('dedup on the embedded log', () => {
  let dir: TempDir;
  let log: Log;
  const opened: Log[] = [];
  const server = new MemoryLeaseServer();

  async function open(): Promise<Log> {
    const one = await openEmbeddedLog({ path: dir.path, heartbeatMs: 100, sessionTimeoutMs: 500 });
    opened.push(one);
    return one;
  }

  async function instance(name: string): Promise<{ readonly service: DedupService; readonly log: Log }> {
    const own = await open();
    const service = createDedup({
      log: own,
      leases: new MemoryLeaseStore({ server }),
      topics: TOPICS,
      settings: { ...SETTINGS, group: `${PREFIX}dedup`, commitIntervalMs: 5 },
      instance: name,
      logger: NO_LOGGER,
      metrics: createMetrics({ version: 'test', processMetrics: false }),
      clock: SYSTEM_CLOCK,
      now: Date.now,
    });
    await service.start(new AbortController().signal);
    return { service, log: own };
  }

  async function drained(): Promise<boolean> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { end } = await log.bounds(TOPICS.samples, partition);
      if (((await log.committed(`${PREFIX}dedup`, TOPICS.samples, partition)) ?? 0) < end) return false;
    }
    return true;
  }

  beforeEach(async () => {
    dir = tempDir('dedup');
    log = await open();
    await log.createTopics(topicSettings({ prefix: PREFIX, partitions: PARTITIONS }));
  });

  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    await dir.remove();
  });

  test('instances that come, go and break off share the partitions; each sample comes out once and in order', async () => {
    let second = 0;
    const send = async (seconds: number): Promise<void> => {
      for (const last = second + seconds; second < last; second++) {
        // The first replica is elected; every tenth request of it is sent again, as after a lost answer.
        const again = second % 10 === 9 ? [second - 1] : [];
        for (const at of [...again, second]) await log.append(CLUSTERS.map((cluster) => request(cluster, 'a', at)));
        await log.append(CLUSTERS.map((cluster) => request(cluster, 'b', second)));
      }
    };
    const first = await instance('d1');
    await send(30);
    const second2 = await instance('d2');
    await send(30);
    // Broken off: its log goes away under it, in the middle of whatever it was doing.
    await first.log.close();
    await send(30);
    const third = await instance('d3');
    await send(30);
    await second2.service.stop();
    await send(30);
    await until(drained, { what: 'everything to be committed', timeoutMs: 20_000 });
    await third.service.stop();
    await first.service.stop();

    const expected = new Map(CLUSTERS.map((cluster) => [cluster, expectedOf(cluster, second)]));
    const seen = new Map(CLUSTERS.map((cluster) => [cluster, [] as string[]]));
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (const record of await readAll(log, TOPICS.deduped, partition)) {
        if (isWatermark(record.headers)) continue;
        const decoded = decodeDedupedHeaders(record.headers);
        const pair = decoded.ok ? decoded.headers.pair : undefined;
        expect(pair?.replica).toBe('a');
        seen.get(pair?.cluster ?? '')?.push(...samplesOf(record));
      }
    }
    expect(seen).toEqual(expected);
    const elections = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) => readAll(log, TOPICS.elections, partition)),
    );
    expect(elections.flat()).toHaveLength(CLUSTERS.length);
    expect(server.list().map(({ cluster, owner }) => [cluster, owner])).toEqual(
      CLUSTERS.map((cluster) => [`t/${cluster}`, 'd3']),
    );
  });
});

function expectedOf(cluster: string, seconds: number): string[] {
  return Array.from({ length: seconds }, (_, second) =>
    Array.from({ length: 5 }, (_series, i) => `${cluster}-s${i}@${second}`),
  ).flat();
}
