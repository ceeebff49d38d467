import { existsSync } from 'node:fs';

import { DEFAULT_CONFIG_FILE } from '../config/default-file.ts';
import type { TandemConfig } from '../config/schema.ts';

/** What alerts work by of the Tandem configuration. */
export type AlertsTandemConfig = Pick<TandemConfig, 'storage' | 'stream' | 'alerts'>;

/** Where the Tandem configuration of `tandem alerts` comes from. */
export interface AlertsTandemSources {
  /** Those of `--tandem.…`, without the prefix. */
  readonly flags: readonly string[];
  /** `--tandem.config-file` */
  readonly file: string | undefined;
  /** `--storage.path`, where it is given: it holds over `storage.path`. */
  readonly storagePath: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The configuration, and what is noteworthy about it. */
export interface LoadedAlertsTandem {
  readonly config: AlertsTandemConfig;
  /** One line each. */
  readonly warnings: readonly string[];
}

/**
 * What the schema makes of nothing. Loading it is a good part of a start, and who comes from Alertmanager has nothing for it
 * to read.
 */
export const ALERTS_TANDEM_DEFAULTS: AlertsTandemConfig = {
  storage: { path: 'data' },
  stream: {
    driver: 'embedded',
    partitions: 8,
    samples_retention_time: 6 * 3_600_000,
    spread: [],
    kafka: {
      brokers: [],
      topic_prefix: 'tandem.',
      client_id: 'tandem',
      request_timeout: 10_000,
      tls: { enabled: false, insecure_skip_verify: false },
      sasl: {},
    },
  },
  alerts: { drop_labels: [], mode: 'all' },
};

/**
 * The part of the Tandem configuration that alerts work by. The schema is loaded only where something is configured.
 *
 * @throws {CommandExit} 2, with a line for everything that is wrong
 */
export async function alertsTandemConfig(sources: AlertsTandemSources): Promise<LoadedAlertsTandem> {
  const { flags, file, storagePath } = sources;
  if (isUnconfigured(sources)) {
    const storage = storagePath === undefined ? ALERTS_TANDEM_DEFAULTS.storage : { path: storagePath };
    return { config: { ...ALERTS_TANDEM_DEFAULTS, storage }, warnings: [] };
  }
  const { loadConfig } = await import('../config/load.ts');
  return loadConfig([...flags, ...(storagePath === undefined ? [] : [`--storage.path=${storagePath}`])], file);
}

/** An empty variable counts as not set, and an empty path is for the schema to refuse. */
function isUnconfigured({ flags, file, storagePath, environment }: AlertsTandemSources): boolean {
  return (
    flags.length === 0 &&
    file === undefined &&
    storagePath !== '' &&
    !Object.entries(environment).some(([name, value]) => name.startsWith('TANDEM_') && value !== '') &&
    !existsSync(DEFAULT_CONFIG_FILE)
  );
}
