import { type Address } from '@tandem/config';
import { App, type Component } from '@tandem/lifecycle';
import { createServer, type HttpServer, type ReadinessCheck, type Route } from '@tandem/server';
import { topicSettings, type Log } from '@tandem/stream';
import { type Metrics, type RootLogger } from '@tandem/telemetry';

import { type TandemConfig } from '../config/schema.ts';
import { openLeases, openLog } from './drivers.ts';
import { createServices, type ServiceName } from './services.ts';
import { streamGate } from './stream-gate.ts';
import { topicOptions } from './topics.ts';

/** What a process of Tandem is made of. */
export interface ProcessOptions {
  readonly config: TandemConfig;
  readonly services: readonly ServiceName[];
  /** Where to listen when the configuration does not say. */
  readonly defaultAddress: Address;
  readonly logger: RootLogger;
  readonly metrics: Metrics;
  /** Names this process among its peers: owner of leases, member of groups. */
  readonly instance: string;
  readonly version: string;
}

/** A process that can be started and stopped. */
export interface TandemProcess {
  readonly app: App;
  readonly server: HttpServer;
}

/**
 * Composes services into one process. Order of start: server (healthy at once, ready at the end), stream, leases,
 * services from the end of the pipeline to its beginning; stopped the other way round, so that what was taken in still
 * moves on for as long as it can.
 */
export async function composeProcess(options: ProcessOptions): Promise<TandemProcess> {
  const log = await openLog(options.config, options.logger.child({ component: 'log' }));
  try {
    return await composeOn(log, options);
  } catch (error) {
    // An open log keeps the process alive.
    await log.close();
    throw error;
  }
}

async function composeOn(log: Log, options: ProcessOptions): Promise<TandemProcess> {
  const { config, logger } = options;
  const built = await createServices(options, {
    log,
    openLeases: () => openLeases(config, logger.child({ component: 'lease' })),
  });
  const server = listen(options, log, built.routes, built.readiness);
  const components: Component[] = [
    closing('log', () => log.close()),
    server,
    streamGate({
      log,
      topics: topicSettings(topicOptions(config)),
      createTopics: config.stream.driver === 'embedded',
      logger: logger.child({ component: 'log' }),
    }),
    ...built.components,
  ];
  const app = new App({ components, logger: logger.child({ component: 'process' }) });
  server.addReadiness('process', () => (app.state === 'running' ? undefined : `the process is ${app.state}`));
  return { app, server };
}

function listen(
  options: ProcessOptions,
  log: Log,
  routes: readonly Route[],
  readiness: Readonly<Record<string, ReadinessCheck>>,
): HttpServer {
  const { config, defaultAddress, logger, metrics } = options;
  return createServer({
    listenAddress: config.web.listen_address ?? defaultAddress,
    routes,
    readiness: { log: pinged(() => log.ping()), ...readiness },
    logger: logger.child({ component: 'web' }),
    metrics,
    maxBodyBytes: config.ingest.max_body_size,
    maxBytesInFlight: config.ingest.max_inflight_size,
  });
}

function pinged(ping: () => Promise<void>): ReadinessCheck {
  return () =>
    ping().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
}

function closing(name: string, close: () => Promise<void>): Component {
  return { name, start: () => undefined, stop: close };
}
