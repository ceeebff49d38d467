import { topicName, type Log } from '@tandem/stream';
import { createLogger } from '@tandem/telemetry';

import { loadConfig } from '../config/load.ts';
import { type CommandTopics } from './give-command.ts';
import { openLogToRead } from './open-log-to-read.ts';

/**
 * Opens the log of the configuration in the flags for a command to be put into it, and closes it again.
 *
 * @throws {CommandExit} 2 for a configuration that is wrong
 * @throws {LogError} `misconfigured` where there is no log, `unavailable` when it cannot be reached
 */
export async function withLogToCommand<T>(
  argv: readonly string[],
  give: (log: Log, topics: CommandTopics & { readonly clusters: string }) => Promise<T>,
): Promise<T> {
  const { config } = loadConfig(argv);
  const log = await openLogToRead(config, createLogger({ level: 'warn', format: config.log.format }));
  const prefix = config.stream.kafka.topic_prefix;
  const topics = {
    samples: topicName(prefix, 'samples'),
    heartbeats: topicName(prefix, 'heartbeats'),
    commands: topicName(prefix, 'commands'),
    clusters: topicName(prefix, 'clusters'),
  };
  try {
    return await give(log, topics);
  } finally {
    await log.close();
  }
}
