import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../launch/ports.ts';
import { type Exit, launch, type LaunchedProcess, type LaunchOptions, runToEnd } from '../launch/process.ts';
import { tempDir, type TempDir } from '../launch/temp-dir.ts';
import { kafkaArtifacts, type KafkaArtifacts, type KafkaVersion } from './artifacts.ts';
import { type BrokerLayout, brokerProperties, FIRST_NODE } from './configuration.ts';
import { type KafkaSecurity, prepareSecurity, type PreparedSecurity, type SecuredListener } from './security.ts';

/** How a broker is started. */
export interface KafkaOptions {
  /** Default: the newest one. */
  readonly version?: KafkaVersion;
  /** Adds a second, protected listener; see {@link KafkaProcess.secured}. */
  readonly security?: KafkaSecurity;
  /** Entries of `server.properties` that replace the launcher's. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Makes it one more broker of that one's cluster, instead of a cluster of its own. The first one is the controller. */
  readonly join?: { readonly first: KafkaProcess; readonly nodeId: number };
  /** Flags of the broker's Java that replace the launcher's, which are for a quick start and little memory. */
  readonly jvm?: readonly string[];
}

const CLUSTER_ID = 'dGFuZGVtLXRlc3RzLTAwMQ';
const JVM = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];
const READY_TIMEOUT_MS = 90_000;

/** A broker as a process of this machine: it can be killed and started again on the same ports and data. */
export class KafkaProcess {
  readonly version: KafkaVersion;
  /** The unprotected listener. */
  readonly brokers: readonly string[];
  /** The protected listener, where one was asked for. */
  readonly secured: SecuredListener | undefined;
  readonly controllerPort: number;
  readonly #folder: TempDir;
  readonly #options: LaunchOptions;
  #process: LaunchedProcess;

  /** Use {@link startKafka}. */
  constructor(
    process: LaunchedProcess,
    folder: TempDir,
    described: Pick<KafkaProcess, 'version' | 'brokers' | 'secured' | 'controllerPort'>,
  ) {
    this.version = described.version;
    this.brokers = described.brokers;
    this.secured = described.secured;
    this.controllerPort = described.controllerPort;
    this.#process = process;
    this.#options = process.options;
    this.#folder = folder;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Everything the broker wrote lately. */
  get output(): string {
    return this.#process.output.text;
  }

  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<Exit> {
    return this.#process.kill();
  }

  /** Starts it again, after ending it where it runs; resolves when it serves. */
  async restart(): Promise<void> {
    await this.#process.stop();
    this.#process = await launch(this.#options);
  }

  /** SIGSTOP: connections stay open and nothing is answered. */
  pause(): void {
    this.#process.pause();
  }

  /** SIGCONT. */
  resume(): void {
    this.#process.resume();
  }

  /** Ends it and removes its data. Idempotent. */
  async stop(): Promise<void> {
    // Nothing of a test broker is worth an orderly shutdown, which takes seconds.
    await this.#process.kill();
    await this.#folder.remove();
  }
}

/**
 * Starts a broker (KRaft) on free loopback ports with an empty data directory.
 *
 * @throws {Error} when it cannot be had or does not come up; with the last lines of its output
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaProcess> {
  const artifacts = await kafkaArtifacts(options.version ?? '4.1.0');
  const folder = tempDir('kafka');
  const security = options.security === undefined ? undefined : await prepareSecurity(options.security, folder.path);
  const layout = await layOut(options, folder);
  const configuration = join(folder.path, 'server.properties');
  await mkdir(layout.dataPath);
  await writeFile(configuration, brokerProperties(layout, security, options.properties ?? {}));
  await format(artifacts, configuration, security);
  const broker = await launch({
    name: `kafka-${artifacts.version}`,
    ...java(artifacts, ['kafka.Kafka', configuration], options.jvm),
    cwd: folder.path,
    ready: ({ output }) => output.sinceMark.includes('Kafka Server started'),
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  return new KafkaProcess(broker, folder, {
    version: artifacts.version,
    brokers: [`127.0.0.1:${layout.clientPort}`],
    controllerPort: layout.controllerPort,
    secured: security && { ...security.client, brokers: [`127.0.0.1:${layout.securedPort}`] },
  });
}

async function layOut({ join: joined }: KafkaOptions, folder: TempDir): Promise<BrokerLayout> {
  const [clientPort = 0, securedPort = 0, controllerPort = 0] = await freePorts(3);
  return {
    nodeId: joined?.nodeId ?? FIRST_NODE,
    dataPath: join(folder.path, 'data'),
    clientPort,
    securedPort,
    controllerPort: joined?.first.controllerPort ?? controllerPort,
  };
}

async function format(
  artifacts: KafkaArtifacts,
  configuration: string,
  security: PreparedSecurity | undefined,
): Promise<void> {
  const tool = ['kafka.tools.StorageTool', 'format', '--cluster-id', CLUSTER_ID, '--config', configuration];
  const { exit, output } = await runToEnd({
    name: 'kafka-storage',
    ...java(artifacts, [...tool, ...(security?.formatArguments ?? [])]),
  });
  if (exit.code !== 0) throw new Error(`cannot format the storage of Kafka: ${output.slice(-2000)}`);
}

function java(
  { java: command, lib }: KafkaArtifacts,
  args: readonly string[],
  jvm: readonly string[] = JVM,
): { command: string; args: string[] } {
  return { command, args: [...jvm, '-cp', join(lib, '*'), ...args] };
}
