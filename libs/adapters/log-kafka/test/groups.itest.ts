import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { type Log, LogError, type Membership } from '@tandem/stream';
import { type KafkaProcess, kafkaProcess, launch, type LaunchedProcess, startKafka, until } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';
import { Cluster } from '../src/cluster/cluster.ts';
import { parseAddress } from '../src/cluster/addresses.ts';
import { TransactionalProducer } from '../src/group/transaction.ts';
import { NO_LOGGER } from '@tandem/telemetry';
import { openOn } from './support/kafka-harness.ts';
import { SeverableSockets } from './support/severable-sockets.ts';

const describeWith = await requires(kafkaProcess);
const START_MS = 120_000;
const PARTITIONS = 2;

describeWith('members of a group', () => {
  let broker: KafkaProcess;
  const opened: Log[] = [];
  const processes: LaunchedProcess[] = [];

  beforeAll(async () => {
    broker = await startKafka();
  }, START_MS);

  afterAll(async () => {
    await Promise.all(processes.map((one) => one.kill()));
    await Promise.all(opened.map((log) => log.close()));
    await broker.stop();
  });

  function open(): Log {
    const log = openOn(broker, { sockets: new SeverableSockets().factory });
    opened.push(log);
    return log;
  }

  async function topics(log: Log, run: string): Promise<{ input: string; output: string; group: string }> {
    const names = { input: `${run}-in`, output: `${run}-out`, group: `${run}-group` };
    await log.createTopics(
      [names.input, names.output].map((name) => ({
        name,
        partitions: PARTITIONS,
        policy: 'delete',
        maxRecordBytes: 100_000,
      })),
    );
    return names;
  }

  async function copier({
    input,
    output,
    group,
  }: {
    input: string;
    output: string;
    group: string;
  }): Promise<LaunchedProcess> {
    const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
    const started = await launch({
      name: 'copier',
      command: process.execPath,
      args: [
        '--conditions=@tandem/source',
        `--import=${file('./support/typescript.mjs')}`,
        file('./support/copier.ts'),
        broker.brokers.join(','),
        group,
        input,
        output,
      ],
    });
    processes.push(started);
    await started.waitForLine(/^joined/, { timeoutMs: 20_000 });
    return started;
  }

  async function append(log: Log, topic: string, from: number, count: number): Promise<void> {
    const records = Array.from({ length: count }, (_, i) => ({
      topic,
      partition: (from + i) % PARTITIONS,
      key: null,
      value: Buffer.from(String(from + i)),
    }));
    await until(() => log.append(records), { what: 'an append', timeoutMs: 20_000 });
  }

  async function values(log: Log, topic: string, partition: number): Promise<string[]> {
    const { start, end } = await log.bounds(topic, partition);
    const all: string[] = [];
    for await (const batch of log.read({ topic, partition, from: start, until: end })) {
      all.push(...batch.records.map((one) => String(one.value)));
    }
    return all;
  }

  async function copied(log: Log, names: { input: string; output: string }): Promise<boolean> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const wanted = await values(log, names.input, partition);
      const got = await values(log, names.output, partition);
      if (got.length < wanted.length) return false;
      expect(got).toEqual(wanted);
    }
    return true;
  }

  test('paused past their session write nothing when they wake, while another one has gone on', async () => {
    const log = open();
    const names = await topics(log, 'paused');
    const first = await copier(names);
    await append(log, names.input, 0, 20);
    await until(() => copied(log, names), { what: 'the first copies' });
    first.pause();
    await append(log, names.input, 20, 20);
    const second = await copier(names);
    await until(() => copied(log, names), { what: 'the copies of the second', timeoutMs: 30_000 });
    first.resume();
    await append(log, names.input, 40, 20);
    await until(() => copied(log, names), { what: 'copies by both', timeoutMs: 30_000 });
    await first.waitForLine(/^error /, { timeoutMs: 20_000 });
    await append(log, names.input, 60, 20);
    await until(() => copied(log, names), { what: 'the last copies', timeoutMs: 30_000 });
    expect(first.running && second.running).toBe(true);
  }, 120_000);

  test('go on after the broker was killed and started again, each record copied once', async () => {
    const log = open();
    const names = await topics(log, 'restarted');
    const memberships: Membership[] = [];
    for (const member of [open(), open()]) {
      const onClaim: Parameters<Log['join']>[0]['onClaim'] = async (claim) => {
        const { topic, partition, position, signal } = claim;
        for await (const batch of member.read({ topic, partition, from: position, signal })) {
          const outputs = batch.records.map(({ key, value }) => ({ topic: names.output, partition, key, value }));
          await claim.commit(batch.nextOffset, outputs);
        }
      };
      memberships.push(await member.join({ group: names.group, topics: [names.input], onClaim }));
    }
    for (let round = 0; round < 3; round++) {
      await append(log, names.input, 100 * round, 100);
      await broker.kill();
      await broker.restart();
    }
    await append(log, names.input, 300, 100);
    const inputs = await Promise.all([0, 1].map((partition) => values(log, names.input, partition)));
    await until(
      async () =>
        (await Promise.all([0, 1].map((p) => values(log, names.output, p)))).flat().length >= inputs.flat().length,
      {
        what: 'everything to be copied',
        timeoutMs: 60_000,
      },
    );
    expect(await Promise.all([0, 1].map((partition) => values(log, names.output, partition)))).toEqual(inputs);
    await Promise.all(memberships.map((one) => one.leave()));
  }, 180_000);

  test('take a partition over from one that is in the middle of a transaction: the broker refuses its commit', async () => {
    const log = open();
    const names = await topics(log, 'fenced');
    const cluster = new Cluster(broker.brokers.map(parseAddress), {
      clientId: 'test',
      ssl: null,
      sasl: null,
      connectTimeoutMs: 2000,
      requestTimeoutMs: 5000,
      logger: NO_LOGGER,
    });
    const options = {
      transactionalId: 'fenced.0',
      transactionTimeoutMs: 10_000,
      timeoutMs: 10_000,
      guard: () => Promise.resolve(),
      signal: new AbortController().signal,
    };
    const commit = (next: number, value: string): Parameters<TransactionalProducer['commit']>[0] => ({
      group: names.group,
      source: { topic: names.input, partition: 0 },
      next,
      outputs: [{ topic: names.output, partition: 0, key: null, value: Buffer.from(value) }],
    });
    const first = await TransactionalProducer.open(cluster, options);
    await first.commit(commit(1, 'first'));
    const second = await TransactionalProducer.open(cluster, options);
    await expect(first.commit(commit(5, 'stale'))).rejects.toMatchObject({
      type: expect.stringMatching(/INVALID_PRODUCER_EPOCH|PRODUCER_FENCED/),
    });
    await second.commit(commit(2, 'second'));
    expect(await values(log, names.output, 0)).toEqual(['first', 'second']);
    expect(await log.committed(names.group, names.input, 0)).toBe(2);
    cluster.close();
  }, 30_000);

  test('are told of a topic that does not exist', async () => {
    const joining = open().join({ group: 'g', topics: ['no-such-topic'], onClaim: () => Promise.resolve() });
    await expect(joining).rejects.toBeInstanceOf(LogError);
    await expect(joining).rejects.toMatchObject({ reason: 'unknown-topic' });
  }, 20_000);
});
