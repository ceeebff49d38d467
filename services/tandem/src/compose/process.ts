import { type Address } from '@tandem/config';
import { App, Reloader, type Component } from '@tandem/lifecycle';
import { createServer, reloadRoute, type HttpServer, type ReadinessCheck } from '@tandem/server';
import { topicName, topicSettings, type Log } from '@tandem/stream';
import { type Metrics, type RootLogger } from '@tandem/telemetry';

import { type TandemConfig } from '../config/schema.ts';
import { openLeases, openLog } from './drivers.ts';
import { RunningConfig } from './reload.ts';
import { createServices, type BuiltServices, type ServiceName } from './services.ts';
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
  /** Reads the configuration again, from where it came. @throws {Error} with all that is wrong with it */
  readonly readConfig: () => TandemConfig;
}

/** A process that can be started and stopped. */
export interface TandemProcess {
  readonly app: App;
  readonly server: HttpServer;
  /** Reads the configuration again, and applies what can be while the process runs. */
  readonly reloader: Reloader;
}

/**
 * Composes services into one process. Order of start: what requests are noted in, server (healthy at once, ready at the end), stream, leases,
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
  const reloader = reloaderOf(options, built.onReload);
  const server = listen(options, log, built, reloader);
  const components: Component[] = [
    closing('log', () => log.close()),
    ...built.beneath,
    server,
    streamGate({
      log,
      topics: topicSettings(topicOptions(config)),
      clustersTopic: topicName(config.stream.kafka.topic_prefix, 'clusters'),
      createTopics: config.stream.driver === 'embedded',
      logger: logger.child({ component: 'log' }),
    }),
    ...built.components,
  ];
  const app = new App({ components, logger: logger.child({ component: 'process' }) });
  server.addReadiness('process', () => (app.state === 'running' ? undefined : `the process is ${app.state}`));
  return { app, server, reloader };
}

function listen(
  options: ProcessOptions,
  log: Log,
  { routes, readiness }: Pick<BuiltServices, 'routes' | 'readiness'>,
  reloader: Reloader,
): HttpServer {
  const { config, defaultAddress, logger, metrics } = options;
  return createServer({
    listenAddress: config.web.listen_address ?? defaultAddress,
    routes: [...routes, reloadRoute({ enabled: config.web.enable_lifecycle, reload: () => reloader.reload() })],
    readiness: { log: pinged(() => log.ping()), ...readiness },
    logger: logger.child({ component: 'web' }),
    metrics,
    maxBodyBytes: config.ingest.max_body_size,
    maxBytesInFlight: config.ingest.max_inflight_size,
  });
}

function reloaderOf(options: ProcessOptions, onDedup: BuiltServices['onReload']): Reloader {
  const { config, logger, metrics, readConfig } = options;
  const running = new RunningConfig(config, { logger, onDedup });
  const read = () => running.apply(readConfig());
  return new Reloader({ read, logger: logger.child({ component: 'process' }), metrics, now: Date.now });
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
