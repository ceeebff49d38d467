import { containerEngineAnswers } from '../launch/container-engine.ts';
import { freePort } from '../launch/ports.ts';
import { type Requirement } from '../launch/requirement.ts';
import { KAFKA_VERSIONS, kafkaArtifacts, type KafkaVersion } from './artifacts.ts';
import { startKafka } from './process.ts';

/** Some Kafka to talk to; whose it is and how it runs is not the test's business. */
export interface Kafka {
  readonly brokers: readonly string[];
  /** Ends what was started for this; leaves alone what was there before. Idempotent. */
  stop(): Promise<void>;
}

const CONTAINER_PORT = 9092;

/**
 * A Kafka: the one in `KAFKA_BROKERS` (comma-separated), else a container where an engine answers, else a process.
 *
 * @throws {Error} when none can be had
 */
export async function acquireKafka(version: KafkaVersion = '4.1.0'): Promise<Kafka> {
  const given = givenBrokers();
  if (given.length > 0) return { brokers: given, stop: () => Promise.resolve() };
  return (await containerEngineAnswers()) ? startContainer(version) : startKafka({ version });
}

/** A Kafka of any kind, for {@link acquireKafka}. */
export const kafka: Requirement = {
  name: 'kafka',
  acquire: async () => {
    if (givenBrokers().length === 0 && !(await containerEngineAnswers())) await kafkaArtifacts('4.1.0');
  },
};

/** Brokers as processes, of all versions: for tests that kill them or configure them, see {@link startKafka}. */
export const kafkaProcess: Requirement = {
  name: 'kafka-process',
  acquire: async () => {
    for (const version of KAFKA_VERSIONS) await kafkaArtifacts(version);
  },
};

function givenBrokers(): string[] {
  return (process.env['KAFKA_BROKERS'] ?? '').split(',').filter((address) => address.trim() !== '');
}

async function startContainer(version: KafkaVersion): Promise<Kafka> {
  const { GenericContainer, Wait } = await import('testcontainers');
  // The broker tells clients its address, so the port outside is chosen before it starts.
  const port = await freePort();
  const container = await new GenericContainer(`apache/kafka:${version}`)
    .withExposedPorts({ container: CONTAINER_PORT, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: `PLAINTEXT://:${CONTAINER_PORT},INTERNAL://:9094,CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port},INTERNAL://localhost:9094`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INTERNAL',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return {
    brokers: [`127.0.0.1:${port}`],
    stop: async () => {
      await container.stop();
    },
  };
}
