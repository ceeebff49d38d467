import { topicSettings } from '@tandem/stream';
import { createLogger } from '@tandem/telemetry';

import { openLog } from '../compose/drivers.ts';
import { topicOptions } from '../compose/topics.ts';
import { loadConfig } from '../config/load.ts';

/**
 * Creates what topics are missing, leaves the others as they are, and names every setting that is not as it must be.
 *
 * @returns 0 when all topics can be used, 1 otherwise
 */
export async function createTopics(argv: readonly string[]): Promise<number> {
  const { config } = loadConfig(argv);
  const logger = createLogger({ level: 'warn', format: config.log.format });
  const log = await openLog(config, logger);
  try {
    const topics = topicSettings(topicOptions(config));
    for (const { topic, outcome } of await log.createTopics(topics)) console.log(`${outcome.padEnd(8)}${topic}`);
    const mismatches = await log.checkTopics(topics);
    for (const { topic, setting, expected, actual } of mismatches) {
      console.error(`${topic}: ${setting} is ${actual}, expected ${expected}`);
    }
    return mismatches.length === 0 ? 0 : 1;
  } finally {
    await log.close();
  }
}
