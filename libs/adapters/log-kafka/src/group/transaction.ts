import { type OutgoingRecord } from '@tandem/stream';
import { type Cluster } from '../cluster/cluster.ts';
import { type BrokerConnection } from '../wire/connection.ts';
import { encodeBatch, recordBytes } from '../wire/encode-batch.ts';
import { BrokerError, expectOk } from '../wire/errors.ts';
import { groupBy } from '../wire/group-by.ts';
import { type Producer } from '../wire/messages.ts';
import { decodeProduceAnswer, type PartitionBatch, produceRequest, type ProduceResult } from '../wire/produce.ts';
import { persist } from '../wire/retry.ts';
import { partitionKey, type TopicPartition } from './assignment.ts';

/** What a transaction commits: the position of a group in a partition, and records. */
export interface Commit {
  readonly group: string;
  readonly source: TopicPartition;
  readonly next: number;
  readonly outputs: readonly OutgoingRecord[];
}

/** How a transactional producer is opened. */
export interface TransactionOptions {
  readonly transactionalId: string;
  /** The broker aborts a transaction left open this long, ms: readers wait for it. */
  readonly transactionTimeoutMs: number;
  readonly timeoutMs: number;
  /** Throws when the producer must not be initialised any more; asked right before each try. */
  readonly guard: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Fits the broker's default bound of a batch. */
const MAX_BATCH_BYTES = 900_000;
/** Commits of different partitions go over several connections: a broker serves each connection's requests in turn. */
const CONNECTIONS = 4;
/** The coordinator is not there yet, or still ends the transaction before: nothing was done, so trying again is safe. */
const NOT_DONE = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** The transaction before usually ends within milliseconds of its commit. */
const FIRST_PAUSE_MS = 3;

const notDone = (error: unknown): boolean => error instanceof BrokerError && NOT_DONE.has(error.type);

/**
 * A transactional producer: the newest one of its id. Opening it fenced the one before and ended its transaction. After
 * a failed commit it must not be used again.
 */
export class TransactionalProducer {
  readonly #cluster: Cluster;
  readonly #options: TransactionOptions;
  readonly #producer: Producer;
  readonly #sequences = new Map<string, number>();

  private constructor(cluster: Cluster, options: TransactionOptions, producer: Producer) {
    this.#cluster = cluster;
    this.#options = options;
    this.#producer = producer;
  }

  /** Becomes the producer of the id; waits until what its predecessor left open has ended. */
  static async open(cluster: Cluster, options: TransactionOptions): Promise<TransactionalProducer> {
    const { transactionalId, transactionTimeoutMs: transactionTimeout, timeoutMs, signal } = options;
    const producer = await persist({ timeoutMs, signal }, async () => {
      await options.guard();
      return withCoordinator(cluster, transactionalId, async (coordinator) => {
        const answer = await coordinator.call('InitProducerId', { transactionalId, transactionTimeout });
        expectOk(answer.errorCode);
        return { producerId: answer.producerId, producerEpoch: answer.producerEpoch };
      });
    });
    return new TransactionalProducer(cluster, options, producer);
  }

  /** Position and outputs, in one transaction. Every error but those known to have done nothing is final. */
  async commit(commit: Commit): Promise<void> {
    let begun = false;
    try {
      if (commit.outputs.length > 0) {
        await this.#addPartitions(commit.outputs);
        begun = true;
        await this.#produce(commit.outputs);
      }
      await this.#addOffsets(commit.group);
      begun = true;
      await this.#commitOffset(commit);
      await this.#end(true);
    } catch (error) {
      if (begun) await this.#end(false).catch(() => undefined);
      throw error;
    }
  }

  get #fields(): Producer & { readonly transactionalId: string } {
    return { ...this.#producer, transactionalId: this.#options.transactionalId };
  }

  #step(request: (coordinator: BrokerConnection) => Promise<void>): Promise<void> {
    const { timeoutMs, transactionalId, signal } = this.#options;
    return persist({ timeoutMs, firstPauseMs: FIRST_PAUSE_MS, signal, again: notDone }, () =>
      withCoordinator(this.#cluster, transactionalId, request),
    );
  }

  async #addPartitions(outputs: readonly OutgoingRecord[]): Promise<void> {
    const topics = [...groupBy(outputs, (one) => one.topic)].map(([topic, records]) => ({
      topic,
      partitions: [...new Set(records.map(({ partition }) => partition))],
    }));
    for (const { topic, partitions } of topics) {
      for (const partition of partitions) await this.#cluster.leader(topic, partition);
    }
    await this.#step(async (coordinator) => {
      const { errors } = await coordinator.call('AddPartitionsToTxn', { ...this.#fields, topics });
      for (const { errorCode } of errors.flatMap((one) => one.partitionErrors)) expectOk(errorCode);
    });
  }

  async #produce(outputs: readonly OutgoingRecord[]): Promise<void> {
    const queues = [...groupBy(outputs, partitionKey).values()].map(cut);
    for (let round = 0; queues.some((batches) => round < batches.length); round++) {
      await this.#produceRound(queues.flatMap((batches) => batches.slice(round, round + 1)));
    }
  }

  /**
   * One batch of each partition, one request to each leader. What a broker refused for now (the coordinator has not told
   * it of the partition yet, another broker leads it), or did not answer, is sent again unchanged: it is recognised by its
   * sequence numbers.
   */
  async #produceRound(batches: readonly (readonly OutgoingRecord[])[]): Promise<void> {
    const { timeoutMs, signal } = this.#options;
    let left = batches.map((records) => this.#encode(records));
    await persist({ timeoutMs, signal }, async () => {
      try {
        const failed = (await this.#send(left)).filter(({ errorCode }) => errorCode !== 0);
        const keys = new Set(failed.map(partitionKey));
        left = left.filter((batch) => keys.has(partitionKey(batch)));
        throwWorst(failed);
      } catch (error) {
        for (const { topic } of left) this.#cluster.forgetTopic(topic);
        throw error;
      }
    });
  }

  #encode(records: readonly OutgoingRecord[]): PartitionBatch {
    const { topic = '', partition = 0 } = records[0] ?? {};
    const baseSequence = this.#nextSequence({ topic, partition }, records.length);
    return { topic, partition, batch: encodeBatch(records, { ...this.#producer, transactional: true, baseSequence }) };
  }

  async #send(batches: readonly PartitionBatch[]): Promise<ProduceResult[]> {
    const { transactionalId, timeoutMs } = this.#options;
    const led = await Promise.all(
      batches.map(async (batch) => ({ batch, leader: await this.#cluster.leader(batch.topic, batch.partition) })),
    );
    const results = await Promise.all(
      [...groupBy(led, (one) => one.leader)].map(async ([leader, ofLeader]) => {
        const connection = await this.#cluster.connection(leader, this.#purpose);
        const ofBroker = ofLeader.map(({ batch }) => batch);
        return decodeProduceAnswer(await connection.send(produceRequest(ofBroker, { transactionalId, timeoutMs })));
      }),
    );
    return results.flat();
  }

  #nextSequence(target: TopicPartition, count: number): number {
    const key = partitionKey(target);
    const sequence = this.#sequences.get(key) ?? 0;
    this.#sequences.set(key, (sequence + count) % 0x8000_0000);
    return sequence;
  }

  #addOffsets(groupId: string): Promise<void> {
    return this.#step(async (coordinator) => {
      expectOk((await coordinator.call('AddOffsetsToTxn', { ...this.#fields, groupId })).errorCode);
    });
  }

  async #commitOffset({ group, source, next }: Commit): Promise<void> {
    const { timeoutMs, signal } = this.#options;
    const partitions = [{ partition: source.partition, offset: String(next), metadata: null }];
    const fields = { ...this.#fields, groupId: group, topics: [{ topic: source.topic, partitions }] };
    await persist({ timeoutMs, signal, again: notDone }, async () => {
      try {
        const node = await this.#cluster.coordinator('group', group);
        const coordinator = await this.#cluster.connection(node, this.#purpose);
        const { topics } = await coordinator.call('TxnOffsetCommit', fields);
        for (const { errorCode } of topics.flatMap((one) => one.partitions)) expectOk(errorCode);
      } catch (error) {
        this.#cluster.forgetCoordinator('group', group);
        throw error;
      }
    });
  }

  #end(transactionResult: boolean): Promise<void> {
    return this.#step(async (coordinator) => {
      expectOk((await coordinator.call('EndTxn', { ...this.#fields, transactionResult })).errorCode);
    });
  }

  get #purpose(): string {
    return purpose(this.#options.transactionalId);
  }
}

/** An error that trying again does not cure comes first. */
function throwWorst(failed: readonly ProduceResult[]): void {
  const errors = failed.map(({ errorCode }) => new BrokerError(errorCode));
  const error = errors.find((one) => !one.transient) ?? errors[0];
  if (error !== undefined) throw error;
}

async function withCoordinator<T>(
  cluster: Cluster,
  transactionalId: string,
  request: (coordinator: BrokerConnection) => Promise<T>,
): Promise<T> {
  try {
    const node = await cluster.coordinator('transaction', transactionalId);
    return await request(await cluster.connection(node, purpose(transactionalId)));
  } catch (error) {
    if (!(error instanceof BrokerError && error.type === 'CONCURRENT_TRANSACTIONS')) {
      cluster.forgetCoordinator('transaction', transactionalId);
    }
    throw error;
  }
}

function purpose(transactionalId: string): string {
  let sum = 0;
  for (let i = 0; i < transactionalId.length; i++) sum += transactionalId.charCodeAt(i);
  return `transaction ${sum % CONNECTIONS}`;
}

/** Batches of one partition's records, in order. */
function cut(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const batches: OutgoingRecord[][] = [[]];
  let bytes = 0;
  for (const record of records) {
    const size = recordBytes(record);
    if (bytes > 0 && bytes + size > MAX_BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    bytes += size;
    batches.at(-1)?.push(record);
  }
  return batches;
}
