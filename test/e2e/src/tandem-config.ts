import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Kafka, type RedisEndpoint, type TempDir } from '@tandem/testing';

/**
 * The section `stream` for Kafka, with names of its own: the brokers may be shared. What waits for brokers does so for 3 s.
 *
 * @param more another key of the section
 */
export function kafkaConfig({ brokers }: Pick<Kafka, 'brokers'>, more = ''): string {
  return `
stream:
  driver: kafka
  partitions: 4
  kafka: { brokers: ${JSON.stringify(brokers)}, topic_prefix: ${uniqueName()}., request_timeout: 3s }
  ${more}
`;
}

/** The section `lease` for Redis, with keys of its own. */
export function redisConfig({ url }: Pick<RedisEndpoint, 'url'>): string {
  return `
lease:
  driver: redis
  redis: { url: "${url}", key_prefix: ${uniqueName()} }
`;
}

function uniqueName(): string {
  return `e2e-${randomBytes(4).toString('hex')}`;
}

/** Writes a configuration into a folder and returns its path. */
export async function writeConfig({ path }: TempDir, text: string): Promise<string> {
  const file = join(path, 'tandem.yaml');
  await writeFile(file, text);
  return file;
}
