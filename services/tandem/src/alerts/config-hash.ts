import { createHash } from 'node:crypto';

/** The hash of a configuration file as upstream's `alertmanager_config_hash` has it: of its MD5 the first 48 bits, little-endian. */
export function configHashMetric(text: string): number {
  return createHash('md5').update(text).digest().readUIntLE(0, 6);
}
