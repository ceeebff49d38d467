import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Log, LogError } from '@tandem/stream';
import { type KafkaProcess, kafkaProcess, startKafka, until } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';
import { KafkaLog } from '../src/kafka-log.ts';

const describeWith = await requires(kafkaProcess);
const START_MS = 180_000;
const PARTITIONS = 6;
const NAMES = { input: 'moving', output: 'moved', group: 'movers' } as const;

/** Every topic, the internal ones included, on all three brokers. */
const REPLICATED = {
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
};

describeWith('in a cluster of three brokers', () => {
  const brokers: KafkaProcess[] = [];
  const opened: Log[] = [];

  beforeAll(async () => {
    const first = await startKafka({ properties: REPLICATED });
    brokers.push(first);
    for (const nodeId of [2, 3]) {
      brokers.push(await startKafka({ properties: REPLICATED, join: { first, nodeId } }));
    }
  }, START_MS);

  afterAll(async () => {
    await Promise.all(opened.map((log) => log.close()));
    await Promise.all(brokers.map((broker) => broker.stop()));
  });

  function open(): Log {
    const addresses = brokers.flatMap((broker) => broker.brokers);
    const log = new KafkaLog({ brokers: addresses, clientId: 'test', sessionTimeoutMs: 3000 });
    opened.push(log);
    return log;
  }

  async function values(log: Log, topic: string, partition: number): Promise<string[]> {
    const { start, end } = await log.bounds(topic, partition);
    const all: string[] = [];
    for await (const batch of log.read({ topic, partition, from: start, until: end })) {
      all.push(...batch.records.map((one) => String(one.value)));
    }
    return all;
  }

  test('leaders and coordinators move: nothing acknowledged is lost or reordered, each record is copied once', async () => {
    const log = open();
    const settings = {
      partitions: PARTITIONS,
      replicationFactor: 3,
      policy: 'delete',
      maxRecordBytes: 10_000,
    } as const;
    const topics = [NAMES.input, NAMES.output].map((name) => ({ ...settings, name }));
    await log.createTopics(topics);
    expect(await log.checkTopics(topics)).toEqual([]);
    for (const member of [open(), open()]) {
      await member.join({
        group: NAMES.group,
        topics: [NAMES.input],
        onClaim: async (claim) => {
          const { topic, partition, position, signal } = claim;
          for await (const batch of member.read({ topic, partition, from: position, signal })) {
            const outputs = batch.records.map(({ key, value }) => ({ topic: NAMES.output, partition, key, value }));
            await claim.commit(batch.nextOffset, outputs);
          }
        },
      });
    }
    const acknowledged: string[][] = Array.from({ length: PARTITIONS }, () => []);
    let running = true;
    const appenders = acknowledged.map(async (kept, partition) => {
      for (let i = 0; running; i++) {
        try {
          await log.append([{ topic: NAMES.input, partition, key: null, value: Buffer.from(String(i)) }]);
          kept.push(String(i));
        } catch (error) {
          if (!(error instanceof LogError) || !error.retryable) throw error;
        }
      }
    });
    const more = async (): Promise<void> => {
      const before = acknowledged.map((kept) => kept.length);
      const grown = (): boolean => acknowledged.every((kept, i) => kept.length > (before[i] ?? 0) + 50);
      await until(grown, { what: 'every partition to take appends', timeoutMs: 60_000 });
    };
    for (const broker of brokers.slice(1)) {
      await more();
      await broker.kill();
      await more();
      await broker.restart();
    }
    await more();
    running = false;
    await Promise.all(appenders);

    const inputs = await Promise.all(acknowledged.map((_, partition) => values(log, NAMES.input, partition)));
    for (const [partition, kept] of acknowledged.entries()) {
      const found = new Set(inputs[partition]);
      expect(kept.filter((value) => !found.has(value))).toEqual([]);
      const numbers = (inputs[partition] ?? []).map(Number);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
    const outputs = (): Promise<string[][]> =>
      Promise.all(inputs.map((_, partition) => values(log, NAMES.output, partition)));
    await until(async () => (await outputs()).flat().length >= inputs.flat().length, {
      what: 'everything to be copied',
      timeoutMs: 60_000,
      intervalMs: 500,
    });
    expect(await outputs()).toEqual(inputs);
  }, 240_000);
});
