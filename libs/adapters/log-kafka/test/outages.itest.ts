import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openKafkaLog } from '../src/index.ts';
import { type Log, type OutgoingRecord } from '@tandem/stream';
import { freePort, type KafkaProcess, kafkaProcess, startKafka, until } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

const describeWith = await requires(kafkaProcess);
const START_MS = 120_000;
const TIMEOUT_MS = 1500;

function record(topic: string, value: string, partition = 0): OutgoingRecord {
  return { topic, partition, key: null, value: Buffer.from(value) };
}

async function settings(log: Log, name: string): Promise<void> {
  await log.createTopics([{ name, partitions: 2, policy: 'delete', maxRecordBytes: 1_048_576 }]);
}

describeWith('while brokers are away,', () => {
  let broker: KafkaProcess;
  const opened: Log[] = [];

  async function open(brokers: readonly string[], maxQueuedBytes = 1_000_000): Promise<Log> {
    const log = await openKafkaLog({ brokers, clientId: 'test', timeoutMs: TIMEOUT_MS, maxQueuedBytes });
    opened.push(log);
    return log;
  }

  beforeAll(async () => {
    broker = await startKafka();
  }, START_MS);

  afterAll(async () => {
    await Promise.all(opened.map((log) => log.close()));
    await broker.stop();
  });

  test('the log opens, and an append fails in bounded time', async () => {
    const log = await open([`127.0.0.1:${await freePort()}`]);
    await expect(log.ping()).rejects.toMatchObject({ reason: 'unavailable' });
    const before = performance.now();
    await expect(log.append([record('t', 'x')])).rejects.toMatchObject({ reason: 'unavailable', retryable: true });
    expect(performance.now() - before).toBeLessThan(2 * TIMEOUT_MS);
  }, 20_000);

  test('appends over the bound of the queue fail at once', async () => {
    const log = await open([`127.0.0.1:${await freePort()}`], 10_000);
    const first = log.append([record('t', 'x'.repeat(9000))]);
    const before = performance.now();
    await expect(log.append([record('t', 'x'.repeat(2000))])).rejects.toThrow(/waiting for the brokers/);
    expect(performance.now() - before).toBeLessThan(TIMEOUT_MS / 2);
    await expect(first).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(log.append([record('t', 'x')])).rejects.not.toThrow(/waiting for the brokers/);
  }, 20_000);

  test('a broker that hangs fails appends in bounded time, and what comes after is kept in order', async () => {
    const log = await open(broker.brokers);
    await settings(log, 'hanging');
    await log.append([record('hanging', 'before')]);
    broker.pause();
    const before = performance.now();
    await expect(log.append([record('hanging', 'lost')])).rejects.toMatchObject({ reason: 'unavailable' });
    expect(performance.now() - before).toBeLessThan(3 * TIMEOUT_MS);
    broker.resume();
    const position = await until(() => log.append([record('hanging', 'after')]).then(([first]) => first), {
      what: 'appends to succeed again',
      timeoutMs: 20_000,
    });
    const [last] = await log.append([record('hanging', 'last')]);
    expect(last?.offset).toBe(position.offset + 1);
  }, 60_000);

  test('a read stalls, and goes on where it was', async () => {
    const log = await open(broker.brokers);
    await settings(log, 'stalled');
    const seen: string[] = [];
    const end = new AbortController();
    const tail = (async (): Promise<void> => {
      for await (const batch of log.read({ topic: 'stalled', partition: 0, from: 0, signal: end.signal })) {
        seen.push(...batch.records.map((one) => String(one.value)));
      }
    })();
    await log.append([record('stalled', 'one')]);
    await until(() => seen.length === 1, { what: 'the first record' });
    await broker.kill();
    await broker.restart();
    await until(() => log.append([record('stalled', 'two')]), { what: 'an append', timeoutMs: 20_000 });
    await until(() => seen.length === 2, { what: 'the second record', timeoutMs: 20_000 });
    expect(seen).toEqual(['one', 'two']);
    end.abort();
    await tail;
  }, 60_000);

  test('one partition without a leader does not hold up appends to others of a topic that is there', async () => {
    const log = await open(broker.brokers);
    await settings(log, 'there');
    const missing = log.append([record('not-there', 'x')]);
    await expect(log.append([record('there', 'x')])).resolves.toHaveLength(1);
    await expect(missing).rejects.toMatchObject({ reason: 'unknown-topic' });
  }, 20_000);
});
