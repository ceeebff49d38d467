import { createDedup, dedupTopics, type DedupService } from '@tandem/dedup';
import { createForward } from '@tandem/forward';
import { createIngest } from '@tandem/ingest';
import { type LeaseStore } from '@tandem/election';
import { SYSTEM_CLOCK, type Component } from '@tandem/lifecycle';
import { type ReadinessCheck, type Route } from '@tandem/server';
import { type Log } from '@tandem/stream';

import { type TandemConfig } from '../config/schema.ts';
import { dedupSettings, forwardSettings, ingestSettings } from './settings.ts';
import { type ProcessOptions } from './process.ts';

/** The services of Tandem. */
export const SERVICES = ['ingest', 'dedup', 'forward'] as const;

/** One of them. */
export type ServiceName = (typeof SERVICES)[number];

/** What services are given. */
export interface Drivers {
  readonly log: Log;
  /** Called only where a service needs leases. */
  readonly openLeases: () => Promise<LeaseStore>;
}

/** What services add to a process. */
export interface BuiltServices {
  /** In the order of starting. */
  readonly components: readonly Component[];
  /** Started before the server, and stopped when it has answered its last request: what requests are noted in. */
  readonly beneath: readonly Component[];
  readonly routes: readonly Route[];
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  /** Told of a configuration that was read again, as far as it can be applied. */
  readonly onReload: (config: TandemConfig) => void;
}

/** Creates the services asked for. */
export async function createServices(options: ProcessOptions, drivers: Drivers): Promise<BuiltServices> {
  const { config, services } = options;
  const has = (name: ServiceName): boolean => services.includes(name);
  const components: Component[] = [];
  const beneath: Component[] = [];
  const routes: Route[] = [];
  const readiness: Record<string, ReadinessCheck> = {};
  let onReload: BuiltServices['onReload'] = () => undefined;
  if (has('forward')) components.push(forward(options, drivers.log));
  if (has('dedup')) {
    const leases = await drivers.openLeases();
    components.push({ name: 'leases', start: () => undefined, stop: () => leases.close() });
    const service = dedup(options, drivers.log, leases);
    components.push(service);
    routes.push(statusRoute(service));
    readiness['dedup'] = () => service.readiness();
    onReload = (config) => service.reload(dedupSettings(config));
  }
  if (has('ingest')) {
    const ingest = createIngest({
      log: drivers.log,
      settings: ingestSettings(config),
      logger: options.logger.child({ component: 'ingest' }),
      metrics: options.metrics,
      clock: SYSTEM_CLOCK,
      now: Date.now,
    });
    beneath.push(...ingest.components);
    routes.push(...ingest.routes);
  }
  return { components, beneath, routes, readiness, onReload };
}

function forward(options: ProcessOptions, log: Log): Component {
  const { config, logger, metrics, version } = options;
  return createForward({
    log,
    groupPrefix: config.stream.kafka.topic_prefix,
    settings: forwardSettings(config),
    logger: logger.child({ component: 'forward' }),
    metrics,
    userAgent: `tandem/${version}`,
    now: Date.now,
  });
}

function dedup(options: ProcessOptions, log: Log, leases: LeaseStore): DedupService {
  const { config, logger, metrics, instance } = options;
  return createDedup({
    log,
    leases,
    topics: dedupTopics(config.stream.kafka.topic_prefix),
    settings: dedupSettings(config),
    instance,
    logger: logger.child({ component: 'dedup' }),
    metrics,
    clock: SYSTEM_CLOCK,
    now: Date.now,
  });
}

/** What dedup does now, for people and programs. */
function statusRoute(service: DedupService): Route {
  return {
    method: 'GET',
    path: '/api/v1/ha/clusters',
    handler: () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: `${JSON.stringify(service.status())}\n`,
    }),
  };
}
