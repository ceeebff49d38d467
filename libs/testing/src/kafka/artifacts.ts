import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from '../launch/binary.ts';
import { runToEnd } from '../launch/process.ts';

/** The brokers the tests run on: the newest line, and the last one of the 3.x series. */
export const KAFKA_VERSIONS = ['4.1.0', '3.9.1'] as const;

/** A version of the broker. */
export type KafkaVersion = (typeof KAFKA_VERSIONS)[number];

const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
const RESOLVE_TIMEOUT_MS = 5 * 60_000;

/** What a broker is started from. */
export interface KafkaArtifacts {
  readonly version: KafkaVersion;
  readonly java: string;
  /** Folder of the jars. */
  readonly lib: string;
}

/**
 * The broker's jars, from the cache (`$XDG_CACHE_HOME/tandem/kafka-<version>`, else `~/.cache/…`) or resolved by Maven
 * into it. Processes may do so at the same time: each resolves into a folder of its own, and the first one done keeps.
 *
 * @throws {Error} when Java or Maven is missing, or Maven cannot resolve
 */
export async function kafkaArtifacts(version: KafkaVersion): Promise<KafkaArtifacts> {
  const java = await findBinary('java');
  if (java === undefined) throw new Error('cannot run Kafka: no "java" in PATH (17 or newer is needed)');
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tandem');
  const lib = join(cache, `kafka-${version}`);
  if (!existsSync(lib)) await resolve(version, cache, lib);
  return { version, java, lib };
}

async function resolve(version: KafkaVersion, cache: string, lib: string): Promise<void> {
  const mvn = await findBinary('mvn');
  if (mvn === undefined) throw new Error(`cannot get Kafka ${version}: no "mvn" in PATH, and nothing in ${cache}`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, `.kafka-${version}-`));
  try {
    process.stderr.write(`tests: resolving Kafka ${version} with Maven into ${lib}\n`);
    await writeFile(join(work, 'pom.xml'), pom(version));
    const { exit, output } = await runToEnd({
      name: 'mvn',
      command: mvn,
      args: ['-B', '-q', '-ntp', COPY_DEPENDENCIES, `-DoutputDirectory=${join(work, 'lib')}`],
      cwd: work,
      timeoutMs: RESOLVE_TIMEOUT_MS,
    });
    if (exit.code !== 0) throw new Error(`cannot get Kafka ${version}: mvn failed: ${output.slice(-2000)}`);
    await rename(join(work, 'lib'), lib).catch(async (error: unknown) => {
      const others = await readdir(lib).catch(() => []);
      if (others.length === 0) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** `slf4j-simple` in place of what a broker brings along: its log goes to stderr, without a configuration file. */
function pom(version: KafkaVersion): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tandem</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${version}</version>
      <exclusions>
        <exclusion><groupId>org.slf4j</groupId><artifactId>slf4j-reload4j</artifactId></exclusion>
      </exclusions>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;
}
