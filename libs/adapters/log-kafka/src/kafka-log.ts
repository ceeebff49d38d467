import {
  type JoinRequest,
  type Log,
  LogError,
  type Membership,
  type OutgoingRecord,
  type PartitionBounds,
  type Position,
  type ReadRequest,
  type RecordBatch,
  type TopicMismatch,
  type TopicOutcome,
  type TopicSettings,
} from '@tandem/stream';
import { NO_LOGGER } from '@tandem/telemetry';
import { Appender } from './append/appender.ts';
import { parseAddress } from './cluster/addresses.ts';
import { Cluster, insist } from './cluster/cluster.ts';
import { committedOffset } from './group/committed.ts';
import { GroupMembership, type MembershipContext } from './group/group-membership.ts';
import { type KafkaLogOptions, type KafkaTls } from './options.ts';
import { FetchConnections } from './read/fetch-connections.ts';
import { Offsets } from './read/offsets.ts';
import { readPartition, type ReadContext } from './read/partition-reader.ts';
import { Topics } from './topics/topics.ts';
import { type SocketFactory } from './wire/connection.ts';
import { asLogError } from './wire/errors.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_QUEUED_BYTES = 64 * 1_048_576;
const DEFAULT_SESSION_MS = 6000;
const DEFAULT_TRANSACTION_MS = 15_000;
const MAX_CONNECT_MS = 5000;

/** The log port on Kafka. */
export class KafkaLog implements Log {
  readonly #cluster: Cluster;
  readonly #appender: Appender;
  readonly #offsets: Offsets;
  readonly #topics: Topics;
  readonly #reading: ReadContext;
  readonly #grouping: MembershipContext;
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  readonly #memberships = new Set<GroupMembership>();
  #closed: Promise<void> | undefined;

  /** Use `openKafkaLog`. */
  constructor(options: KafkaLogOptions, sockets?: SocketFactory) {
    const logger = options.logger ?? NO_LOGGER;
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    if (options.brokers.length === 0) throw new LogError('misconfigured', 'cannot open the log: no brokers given');
    this.#timeoutMs = timeoutMs;
    this.#cluster = new Cluster(options.brokers.map(parseAddress), {
      clientId: options.clientId,
      ssl: options.tls === undefined ? null : tlsOptions(options.tls),
      // kafkajs keeps things in it.
      sasl: options.sasl === undefined ? null : { ...options.sasl },
      connectTimeoutMs: Math.min(MAX_CONNECT_MS, Math.ceil(timeoutMs / 2)),
      requestTimeoutMs: timeoutMs,
      logger,
      sockets,
    });
    const cluster = this.#cluster;
    const maxQueuedBytes = options.maxQueuedBytes ?? DEFAULT_QUEUED_BYTES;
    this.#appender = new Appender(cluster, { timeoutMs, maxQueuedBytes });
    this.#offsets = new Offsets(cluster);
    this.#topics = new Topics(cluster, timeoutMs);
    const offsets = this.#offsets;
    this.#reading = {
      cluster,
      connections: new FetchConnections(cluster),
      offsets,
      logger,
      closing: this.#closing.signal,
    };
    const sessionTimeoutMs = options.sessionTimeoutMs ?? DEFAULT_SESSION_MS;
    const transactionTimeoutMs = options.transactionTimeoutMs ?? DEFAULT_TRANSACTION_MS;
    this.#grouping = { cluster, offsets, logger, timeoutMs, sessionTimeoutMs, transactionTimeoutMs };
  }

  /** @inheritdoc */
  append(records: readonly OutgoingRecord[]): Promise<readonly Position[]> {
    return this.#appender.append(records);
  }

  /** @inheritdoc */
  read(request: ReadRequest): AsyncIterable<RecordBatch> {
    return readPartition(this.#reading, request);
  }

  /** @inheritdoc */
  bounds(topic: string, partition: number): Promise<PartitionBounds> {
    return this.#ask(`read the bounds of "${topic}"`, () => this.#offsets.bounds(topic, partition));
  }

  /** @inheritdoc */
  offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    return this.#ask(`find a time in "${topic}"`, () => this.#offsets.atTime(topic, partition, timeMs));
  }

  /** @inheritdoc */
  partitions(topic: string): Promise<number> {
    return this.#ask(`count the partitions of "${topic}"`, async () => {
      const { leaders } = await this.#cluster.topic(topic);
      return leaders.length;
    });
  }

  /** @inheritdoc */
  async join(request: JoinRequest): Promise<Membership> {
    for (const topic of request.topics) await this.#expectTopic(topic);
    this.#expectOpen();
    const membership = new GroupMembership(this.#grouping, request);
    this.#memberships.add(membership);
    return {
      assignment: () => membership.assignment(),
      leave: async () => {
        await membership.leave();
        this.#memberships.delete(membership);
      },
    };
  }

  /** A missing topic is told at once; brokers that cannot be asked are waited for by the membership. */
  async #expectTopic(topic: string): Promise<void> {
    this.#expectOpen();
    try {
      await this.#cluster.topic(topic);
    } catch (error) {
      if (error instanceof LogError && !error.retryable) throw error;
    }
  }

  /** @inheritdoc */
  committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    const doing = `read the position of group "${group}"`;
    return this.#ask(doing, () => committedOffset(this.#cluster, { group, topic, partition }));
  }

  /** @inheritdoc */
  async createTopics(topics: readonly TopicSettings[]): Promise<readonly TopicOutcome[]> {
    this.#expectOpen();
    return this.#topics.createTopics(topics);
  }

  /** @inheritdoc */
  async checkTopics(topics: readonly TopicSettings[]): Promise<readonly TopicMismatch[]> {
    this.#expectOpen();
    return this.#topics.checkTopics(topics);
  }

  /** @inheritdoc */
  async ping(): Promise<void> {
    this.#expectOpen();
    try {
      await this.#cluster.ping();
    } catch (error) {
      throw asLogError(error, 'reach Kafka');
    }
  }

  /** @inheritdoc */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#memberships].map((membership) => membership.leave()));
    await this.#appender.close();
    this.#cluster.close();
  }

  async #ask<T>(doing: string, attempt: () => Promise<T>): Promise<T> {
    this.#expectOpen();
    return insist(this.#timeoutMs, doing, attempt);
  }

  #expectOpen(): void {
    if (this.#closing.signal.aborted) throw new LogError('closed', 'the log was closed');
  }
}

function tlsOptions({ ca, cert, key, serverName, insecure = false }: KafkaTls): object {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    rejectUnauthorized: !insecure,
  };
}
