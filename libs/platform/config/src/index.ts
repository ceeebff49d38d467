export { changedKeys } from './changed-keys.ts';
export { formatAddress, parseAddress, type Address } from './address.ts';
export { configKeys, ENV_PREFIX, type ConfigKey } from './config-key.ts';
export { type ConfigOf, type ConfigOutcome, type ConfigSources, type DeepReadonly } from './config-types.ts';
export { formatDuration, parseDuration } from './duration.ts';
export { parseConfig } from './parse-config.ts';
export { parseTime } from './point-in-time.ts';
export { printConfig } from './print-config.ts';
export { formatProblem, type ConfigProblem } from './problem.ts';
export {
  address,
  duration,
  durationOr,
  secret,
  secretKeys,
  secretUrl,
  section,
  size,
  url,
  type Bounds,
  type SecretKeys,
} from './schema.ts';
export { Secret, SecretUrl } from './secret.ts';
export { formatSize, parseSize } from './size.ts';
