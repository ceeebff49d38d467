import { LogError, type TopicAdmin, type TopicMismatch, type TopicOutcome, type TopicSettings } from '@tandem/stream';
import { type Cluster, insist } from '../cluster/cluster.ts';
import { BrokerError, expectOk } from '../wire/errors.ts';
import { configurationMismatches, topicConfiguration } from './configuration.ts';

const UNKNOWN_TOPIC = 3;
const TOPIC_ALREADY_EXISTS = 36;
const RESOURCE_TOPIC = 2;

/** What of a cluster topics are created and checked by. */
export type TopicCluster = Pick<Cluster, 'controller' | 'anyBroker' | 'topic' | 'leader' | 'forgetTopic'>;

/** Creates topics with explicit settings, and checks those of existing ones. */
export class Topics implements TopicAdmin {
  readonly #cluster: TopicCluster;
  readonly #timeoutMs: number;

  constructor(cluster: TopicCluster, timeoutMs: number) {
    this.#cluster = cluster;
    this.#timeoutMs = timeoutMs;
  }

  /** @inheritdoc */
  async createTopics(topics: readonly TopicSettings[]): Promise<readonly TopicOutcome[]> {
    if (topics.length === 0) return [];
    const outcomes = await insist(this.#timeoutMs, 'create topics', () => this.#create(topics));
    for (const { name, partitions } of topics) await this.#served(name, partitions);
    return outcomes;
  }

  async #create(topics: readonly TopicSettings[]): Promise<readonly TopicOutcome[]> {
    const controller = await this.#cluster.controller();
    const answer = await controller.call('CreateTopics', {
      topics: topics.map((settings) => ({
        topic: settings.name,
        numPartitions: settings.partitions,
        replicationFactor: settings.replicationFactor ?? -1,
        configEntries: Object.entries(topicConfiguration(settings)).map(([name, value]) => ({ name, value })),
      })),
      timeout: this.#timeoutMs,
    });
    const results = new Map(answer.topicErrors.map((one) => [one.topic, one]));
    return topics.map(({ name }) => {
      const { errorCode = 0, errorMessage = null } = results.get(name) ?? {};
      if (errorCode !== 0 && errorCode !== TOPIC_ALREADY_EXISTS) throw creationError(name, errorCode, errorMessage);
      return { topic: name, outcome: errorCode === 0 ? 'created' : 'exists' };
    });
  }

  /** Brokers learn of a new topic one after the other, the one that is asked too: waits until its partitions are led. */
  async #served(name: string, partitions: number): Promise<void> {
    await insist(this.#timeoutMs, `create topic "${name}"`, async () => {
      this.#cluster.forgetTopic(name);
      const { leaders } = await this.#newTopic(name);
      for (let partition = 0; partition < Math.min(partitions, leaders.length); partition++) {
        await this.#cluster.leader(name, partition);
      }
    });
  }

  /** A topic that is there, whether a broker knows it yet or not: asking again will find it. */
  async #newTopic(name: string): ReturnType<TopicCluster['topic']> {
    try {
      return await this.#cluster.topic(name);
    } catch (error) {
      throw error instanceof LogError && error.reason === 'unknown-topic' ? new BrokerError(UNKNOWN_TOPIC) : error;
    }
  }

  /** @inheritdoc */
  async checkTopics(topics: readonly TopicSettings[]): Promise<readonly TopicMismatch[]> {
    const found = await insist(this.#timeoutMs, 'check topics', () =>
      Promise.all(topics.map((one) => this.#check(one))),
    );
    return found.flat();
  }

  async #check(settings: TopicSettings): Promise<readonly TopicMismatch[]> {
    const { name, partitions } = settings;
    try {
      this.#cluster.forgetTopic(name);
      const { leaders } = await this.#cluster.topic(name);
      const setting = { topic: name, setting: 'partitions', expected: String(partitions), actual: `${leaders.length}` };
      const actual = await this.#configuration(name);
      return [...(leaders.length === partitions ? [] : [setting]), ...configurationMismatches(settings, actual)];
    } catch (error) {
      if (!(error instanceof LogError && error.reason === 'unknown-topic')) throw error;
      return [{ topic: name, setting: 'partitions', expected: String(partitions), actual: 'missing' }];
    }
  }

  async #configuration(topic: string): Promise<ReadonlyMap<string, string>> {
    const broker = await this.#cluster.anyBroker();
    const { resources } = await broker.call('DescribeConfigs', { resources: [{ type: RESOURCE_TOPIC, name: topic }] });
    for (const { errorCode } of resources) expectOk(errorCode);
    const entries = resources[0]?.configEntries ?? [];
    return new Map(entries.map(({ configName, configValue }) => [configName, configValue ?? '']));
  }
}

function creationError(topic: string, code: number, message: string | null): Error {
  const error = new BrokerError(code);
  if (error.transient || message === null) return error;
  return new LogError('misconfigured', `cannot create topic "${topic}": ${message}`, { cause: error });
}
