import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setFlagsFromString } from 'node:v8';

import { runUntilSignal } from '@tandem/lifecycle';
import { createLogger, createMetrics } from '@tandem/telemetry';

import { composeProcess } from '../compose/process.ts';
import { type ServiceName } from '../compose/services.ts';
import { loadConfig } from '../config/load.ts';
import { VERSION } from '../version.ts';

/** A command that runs services until it is told to stop. */
export interface RunCommand {
  readonly services: readonly ServiceName[];
  readonly defaultPort: number;
}

/**
 * Ingest keeps next to nothing and turns over much: bodies pass through at hundreds of megabytes a second. V8's limit for the
 * next full collection, half as much again as what lives, is then reached several times a second, and collecting costs as
 * much as the work. Three times what lives is still small. Not for dedup, whose tables are large.
 */
function letGarbageWait(): void {
  setFlagsFromString('--heap-growing-percent=200');
}

/** Runs services until SIGTERM or SIGINT. @returns the exit code */
export async function runServices(command: RunCommand, argv: readonly string[]): Promise<number> {
  if (command.services.every((service) => service === 'ingest')) letGarbageWait();
  const { config, file, warnings } = loadConfig(argv);
  const logger = createLogger({ level: config.log.level, format: config.log.format });
  for (const warning of warnings) logger.warn({ warning }, 'configuration');
  logger.info({ version: VERSION, services: command.services.join(','), file, node: process.version }, 'starting');
  const { app, reloader } = await composeProcess({
    config,
    services: command.services,
    defaultAddress: { host: '', port: command.defaultPort },
    logger,
    metrics: createMetrics({ version: VERSION }),
    instance: `${hostname()}-${randomBytes(4).toString('hex')}`,
    version: VERSION,
    readConfig: () => loadConfig(argv).config,
  });
  return runUntilSignal(app, { logger, reload: () => reloader.reload().then(() => undefined) });
}
