import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

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

/** Runs services until SIGTERM or SIGINT. @returns the exit code */
export async function runServices(command: RunCommand, argv: readonly string[]): Promise<number> {
  const { config, file, warnings } = loadConfig(argv);
  const logger = createLogger({ level: config.log.level, format: config.log.format });
  for (const warning of warnings) logger.warn({ warning }, 'configuration');
  logger.info({ version: VERSION, services: command.services.join(','), file, node: process.version }, 'starting');
  const { app } = await composeProcess({
    config,
    services: command.services,
    defaultAddress: { host: '', port: command.defaultPort },
    logger,
    metrics: createMetrics({ version: VERSION }),
    instance: `${hostname()}-${randomBytes(4).toString('hex')}`,
    version: VERSION,
  });
  return runUntilSignal(app, { logger });
}
