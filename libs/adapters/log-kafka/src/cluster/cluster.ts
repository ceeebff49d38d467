import { LogError } from '@tandem/stream';
import { type Address, BrokerConnection, type ConnectionSettings } from '../wire/connection.ts';
import { asLogError, BrokerError, expectOk } from '../wire/errors.ts';
import { type Exchanges } from '../wire/messages.ts';
import { persist } from '../wire/retry.ts';

/** Which broker leads each partition of a topic, by partition; -1 where none does at the moment. */
export interface TopicLayout {
  readonly leaders: readonly number[];
}

/** What a coordinator looks after. */
export type CoordinatorKind = 'group' | 'transaction';

type Metadata = Exchanges['Metadata']['answer'];

const LEADER_NOT_AVAILABLE = 5;
const UNKNOWN_TOPIC = 3;
/** How long a topic may be unknown to the brokers asked before it counts as missing: they learn of a new one in turn. */
const TOPIC_GRACE_MS = 600;

/** The brokers: connections, which of them leads what, which coordinates whom. */
export class Cluster {
  readonly settings: ConnectionSettings;
  readonly #seeds: readonly Address[];
  readonly #shared = new Map<string, Promise<BrokerConnection>>();
  readonly #connections = new Set<BrokerConnection>();
  readonly #brokers = new Map<number, Address>();
  readonly #topics = new Map<string, TopicLayout>();
  readonly #asked = new Map<string, Promise<TopicLayout>>();
  readonly #coordinators = new Map<string, number>();
  #closed = false;
  #nextSeed = 0;

  constructor(seeds: readonly Address[], settings: ConnectionSettings) {
    this.#seeds = seeds;
    this.settings = settings;
  }

  /** The shared connection to a broker, one per purpose, so that what takes long does not hold up what does not. */
  async connection(nodeId: number, purpose: string): Promise<BrokerConnection> {
    return this.#sharedConnection(this.#address(nodeId), purpose);
  }

  /** A connection to a broker for one user, who closes it. */
  async dedicated(nodeId: number): Promise<BrokerConnection> {
    return this.#open(this.#address(nodeId));
  }

  #address(nodeId: number): Address {
    const address = this.#brokers.get(nodeId);
    if (address === undefined) throw new BrokerError(LEADER_NOT_AVAILABLE);
    return address;
  }

  async #sharedConnection(address: Address, purpose: string): Promise<BrokerConnection> {
    const key = `${purpose} ${address.host}:${address.port}`;
    const known = this.#shared.get(key);
    if (known !== undefined) {
      const connection = await known;
      if (connection.alive) return connection;
      // The first to find it dead makes room for a new one.
      if (this.#shared.get(key) === known) this.#shared.delete(key);
      return this.#sharedConnection(address, purpose);
    }
    const opening = this.#open(address);
    this.#shared.set(key, opening);
    opening.catch(() => this.#shared.delete(key));
    return opening;
  }

  async #open(address: Address): Promise<BrokerConnection> {
    this.#expectOpen();
    const connection = await BrokerConnection.open(address, this.settings);
    for (const one of this.#connections) if (!one.alive) this.#connections.delete(one);
    this.#connections.add(connection);
    if (this.#closed) {
      connection.close();
      this.#expectOpen();
    }
    return connection;
  }

  /** A connection to any broker that answers; each known one is tried. */
  async anyBroker(): Promise<BrokerConnection> {
    const known = [...this.#brokers.values()];
    const seeds = [...this.#seeds.slice(this.#nextSeed), ...this.#seeds.slice(0, this.#nextSeed)];
    let failure: unknown;
    for (const address of [...known, ...seeds]) {
      try {
        return await this.#sharedConnection(address, 'control');
      } catch (error) {
        failure = error;
      }
    }
    this.#nextSeed = (this.#nextSeed + 1) % this.#seeds.length;
    throw failure;
  }

  /**
   * How a topic is laid out, from memory where it is known.
   *
   * @throws {LogError} `unknown-topic`
   */
  async topic(name: string): Promise<TopicLayout> {
    return this.#topics.get(name) ?? this.#askOnce(name);
  }

  /** Who leads a partition, if that is known without asking. */
  knownLeader(topic: string, partition: number): number | undefined {
    const leader = this.#topics.get(topic)?.leaders[partition];
    return leader === undefined || leader < 0 ? undefined : leader;
  }

  /**
   * Who leads a partition.
   *
   * @throws {LogError} `unknown-topic`
   */
  async leader(topic: string, partition: number): Promise<number> {
    const { leaders } = await this.topic(topic);
    const leader = leaders[partition];
    if (leader === undefined) {
      throw new LogError('unknown-topic', `topic "${topic}" has no partition ${partition}, only ${leaders.length}`);
    }
    if (leader >= 0) return leader;
    this.forgetTopic(topic);
    throw new BrokerError(LEADER_NOT_AVAILABLE);
  }

  /** The layout is asked for again when it is needed next. */
  forgetTopic(name: string): void {
    this.#topics.delete(name);
  }

  #askOnce(name: string): Promise<TopicLayout> {
    let asked = this.#asked.get(name);
    if (asked === undefined) {
      asked = this.#ask(name).finally(() => this.#asked.delete(name));
      this.#asked.set(name, asked);
    }
    return asked;
  }

  async #ask(name: string): Promise<TopicLayout> {
    const unknown = (error: unknown): boolean => error instanceof BrokerError && error.code === UNKNOWN_TOPIC;
    try {
      const metadata = await persist({ timeoutMs: TOPIC_GRACE_MS, again: unknown }, () => this.#describe(name));
      const layout = layoutOf(metadata, name);
      this.#topics.set(name, layout);
      return layout;
    } catch (error) {
      throw unknown(error) ? new LogError('unknown-topic', `there is no topic "${name}"`, { cause: error }) : error;
    }
  }

  async #describe(name: string): Promise<Metadata> {
    const metadata = await this.#metadata([name]);
    for (const topic of metadata.topicMetadata) expectOk(topic.topicErrorCode);
    return metadata;
  }

  async #metadata(topics: readonly string[]): Promise<Metadata> {
    const broker = await this.anyBroker();
    const metadata = await broker.call('Metadata', { topics, allowAutoTopicCreation: false });
    for (const { nodeId, host, port } of metadata.brokers) this.#brokers.set(nodeId, { host, port });
    return metadata;
  }

  /** The broker that takes requests which change topics. */
  async controller(): Promise<BrokerConnection> {
    // No names ask for all topics; there is no request for the brokers alone.
    const { controllerId } = await this.#metadata([]);
    return this.connection(controllerId, 'control');
  }

  /** The broker that coordinates a group or a transactional id. */
  async coordinator(kind: CoordinatorKind, id: string): Promise<number> {
    const key = `${kind} ${id}`;
    const known = this.#coordinators.get(key);
    if (known !== undefined) return known;
    const broker = await this.anyBroker();
    const answer = await broker.call('GroupCoordinator', { groupId: id, coordinatorType: kind === 'group' ? 0 : 1 });
    expectOk(answer.errorCode);
    const { nodeId, host, port } = answer.coordinator;
    this.#brokers.set(nodeId, { host, port });
    this.#coordinators.set(key, nodeId);
    return nodeId;
  }

  /** The coordinator is asked for again when it is needed next. */
  forgetCoordinator(kind: CoordinatorKind, id: string): void {
    this.#coordinators.delete(`${kind} ${id}`);
  }

  /** Rejects when no broker answers. */
  async ping(): Promise<void> {
    await (await this.anyBroker()).ping();
  }

  /** Closes every connection; requests under way fail. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  #expectOpen(): void {
    if (this.#closed) throw new LogError('closed', 'the log was closed');
  }
}

function layoutOf(metadata: Metadata, name: string): TopicLayout {
  const partitions = metadata.topicMetadata.find((one) => one.topic === name)?.partitionMetadata ?? [];
  const leaders = new Array<number>(partitions.length).fill(-1);
  for (const { partitionId, leader } of partitions) leaders[partitionId] = leader;
  return { leaders };
}

/** Tries for a while, and makes an error of the port of the last failure. */
export async function insist<T>(timeoutMs: number, doing: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await persist({ timeoutMs }, attempt);
  } catch (error) {
    throw asLogError(error, doing);
  }
}
