import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { LogError, topicName, type ConsumerGroups, type Log, type RecordReader } from '@tandem/stream';
import { createLogger, type Logger } from '@tandem/telemetry';

import { openLog } from '../compose/drivers.ts';
import { loadConfig } from '../config/load.ts';
import { type TandemConfig } from '../config/schema.ts';

/** Full names of the topics that say who is elected, of what was judged, and of what came out. */
export interface HaTopics {
  readonly clusters: string;
  readonly elections: string;
  readonly samples: string;
  readonly heartbeats: string;
  readonly deduped: string;
  readonly commands: string;
  readonly ledger: string;
  readonly tallies: string;
}

/** The log as these commands see it: they read by position, and look up how far a group has come. */
export type HaLog = RecordReader & Pick<ConsumerGroups, 'committed'>;

/** The topics under a prefix. */
export function haTopics(prefix: string): HaTopics {
  return {
    clusters: topicName(prefix, 'clusters'),
    elections: topicName(prefix, 'elections'),
    samples: topicName(prefix, 'samples'),
    heartbeats: topicName(prefix, 'heartbeats'),
    deduped: topicName(prefix, 'deduped'),
    commands: topicName(prefix, 'commands'),
    ledger: topicName(prefix, 'ledger'),
    tallies: topicName(prefix, 'tallies'),
  };
}

/** The longest delay of a timer, ms: a command that reads leaves removing old records to the services. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * Reads the log of the configuration in the flags, and closes it again.
 *
 * @throws {CommandExit} 2 for a configuration that is wrong
 * @throws {LogError} `misconfigured` where there is no log, `unavailable` when it cannot be reached
 */
export async function withLogToRead<T>(
  argv: readonly string[],
  read: (log: HaLog, topics: HaTopics, config: TandemConfig) => Promise<T>,
): Promise<T> {
  const { config } = loadConfig(argv);
  const log = await openLogToRead(config, createLogger({ level: 'warn', format: config.log.format }));
  try {
    return await read(log, haTopics(config.stream.kafka.topic_prefix), config);
  } finally {
    await log.close();
  }
}

/**
 * Opens a log that is there already: the embedded driver would make the one that is missing.
 *
 * @throws {LogError} `misconfigured` where there is none
 */
export async function openLogToRead(config: TandemConfig, logger: Logger): Promise<Log> {
  if (config.stream.driver !== 'embedded') return openLog(config, logger);
  const path = join(config.storage.path, 'log');
  if (!existsSync(join(path, 'data.mdb'))) {
    throw new LogError('misconfigured', `cannot open the log: there is none in "${path}"; check storage.path`);
  }
  const { openEmbeddedLog } = await import('@tandem/log-embedded');
  return openEmbeddedLog({ path, logger, housekeepingMs: NEVER_MS });
}
