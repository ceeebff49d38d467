import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Kafka, type RedisEndpoint, type TempDir } from '@tandem/testing';

/** The sections `stream` and `lease` for Kafka and Redis, with names of their own: the servers may be shared. */
export function kafkaAndRedisConfig({ brokers }: Kafka, { url }: RedisEndpoint): string {
  const prefix = `e2e-${randomBytes(4).toString('hex')}`;
  return `
stream:
  driver: kafka
  partitions: 4
  kafka:
    brokers: ${JSON.stringify(brokers)}
    topic_prefix: ${prefix}.
lease:
  driver: redis
  redis: { url: "${url}", key_prefix: ${prefix} }
`;
}

/** Writes a configuration into a folder and returns its path. */
export async function writeConfig({ path }: TempDir, text: string): Promise<string> {
  const file = join(path, 'tandem.yaml');
  await writeFile(file, text);
  return file;
}
