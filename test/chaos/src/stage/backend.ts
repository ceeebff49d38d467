import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';

import { type LeaseStore } from '@tandem/election';
import { openRedisLeaseStore } from '@tandem/lease-redis';
import { openEmbeddedLog } from '@tandem/log-embedded';
import { openKafkaLog } from '@tandem/log-kafka';
import { type Log } from '@tandem/stream';
import {
  type KafkaProcess,
  type RedisServer,
  runTandem,
  startKafka,
  startRedisServer,
  tempDir,
  type TempDir,
} from '@tandem/testing';

export const PARTITIONS = 4;
/** Put before the names of topics and groups. */
export const TOPIC_PREFIX = 'chaos.';

/** Where one run keeps its log and its leases: nobody else's, and empty at the beginning. */
export interface Backend {
  /** Working directory of all processes of the run. */
  readonly dir: string;
  /** The sections `stream`, `lease` and `storage`. */
  readonly config: string;
  /** Names of topics and groups begin with it. */
  readonly prefix: string;
  /** The log, opened by the test to look into it. */
  openLog(): Promise<Log>;
  remove(): Promise<void>;
}

/** Gives each run a backend of its own. */
export interface BackendSource {
  readonly name: 'embedded' | 'kafka';
  open(): Promise<Backend>;
}

/** A directory for each run, shared by its processes. */
export const EMBEDDED: BackendSource = {
  name: 'embedded',
  open: () => {
    const folder = tempDir('chaos');
    return Promise.resolve({
      dir: folder.path,
      prefix: TOPIC_PREFIX,
      config: `
storage: { path: ${JSON.stringify(join(folder.path, 'data'))} }
stream: { driver: embedded, partitions: ${PARTITIONS}, kafka: { topic_prefix: "${TOPIC_PREFIX}" } }
`,
      openLog: () => openEmbeddedLog({ path: join(folder.path, 'data', 'log') }),
      remove: () => folder.remove(),
    });
  },
};

/** One broker and one Redis; topics of its own for each run. */
export class KafkaAndRedis implements BackendSource {
  readonly name = 'kafka';
  readonly kafka: KafkaProcess;
  readonly redis: RedisServer;
  #runs = 0;

  private constructor(kafka: KafkaProcess, redis: RedisServer) {
    this.kafka = kafka;
    this.redis = redis;
  }

  /** Starts both. */
  static async start(): Promise<KafkaAndRedis> {
    const [kafka, redis] = await Promise.all([
      startKafka({ version: '4.1.0' }),
      startRedisServer({ name: 'chaos-redis' }),
    ]);
    return new KafkaAndRedis(kafka, redis);
  }

  async open(): Promise<Backend> {
    const folder = tempDir('chaos');
    this.#runs++;
    const prefix = `${TOPIC_PREFIX}${this.#runs}.`;
    const config = `
stream:
  driver: kafka
  partitions: ${PARTITIONS}
  kafka: { brokers: ["${this.kafka.brokers.join('", "')}"], topic_prefix: "${prefix}", replication_factor: 1 }
lease:
  driver: redis
  redis: { url: "redis://127.0.0.1:${this.redis.port}", key_prefix: "${prefix}" }
`;
    await createTopics(folder, config);
    const { brokers } = this.kafka;
    return {
      dir: folder.path,
      prefix,
      config,
      openLog: () => openKafkaLog({ brokers, clientId: 'chaos-audit' }),
      remove: () => folder.remove(),
    };
  }

  /** The leases of a run, opened by the test to look at them. */
  openLeases({ prefix }: Backend): LeaseStore {
    return openRedisLeaseStore({ url: `redis://127.0.0.1:${this.redis.port}`, keyPrefix: prefix });
  }

  async stop(): Promise<void> {
    await Promise.all([this.kafka.stop(), this.redis.close()]);
  }
}

async function createTopics(folder: TempDir, config: string): Promise<void> {
  const file = join(folder.path, 'topics.yaml');
  await writeFile(file, config);
  const { exit, output } = await runTandem(['topics', 'create', `--config.file=${file}`]);
  if (exit.code !== 0) throw new Error(`cannot create the topics: ${output}`);
}
