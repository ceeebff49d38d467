import { App, type Component } from '@tandem/lifecycle';
import { createServer, type HttpServer, type ListenAddress, type ServerSecurity } from '@tandem/server';
import { topicName, topicSettings } from '@tandem/stream';

import type { AlertsTandemConfig } from '../../alerts/tandem-config.ts';
import { streamGate } from '../stream-gate.ts';
import { topicOptions } from '../topics.ts';
import { ALERTS_TOPICS, createAlertsParts, type AlertsParts, type AlertsPartsOptions } from './alerts-parts.ts';

/** Longest time of a stop, ms, and what of it requests under way get: within the 5 s upstream takes at most. */
const STOP_MS = 4800;
const REQUESTS_STOP_MS = 2000;

/** What a process of `tandem alerts` is made of. */
export interface AlertsProcessOptions extends Omit<AlertsPartsOptions, 'topicPrefix'> {
  readonly tandem: AlertsTandemConfig;
  readonly listen: readonly [ListenAddress, ...ListenAddress[]];
  readonly security: ServerSecurity | undefined;
}

/** A process of `tandem alerts`, not started. */
export interface AlertsProcess extends Pick<AlertsParts, 'reload'> {
  readonly app: App;
}

/**
 * Composes alerts into one process. It answers before the log does: alerts that come in meanwhile are taken. The log is the
 * process's own, and closed last.
 *
 * @throws {TandemError} when the configuration cannot be used
 */
export function composeAlerts(options: AlertsProcessOptions): AlertsProcess {
  const { tandem, log, logger } = options;
  const { topic_prefix: topicPrefix } = tandem.stream.kafka;
  const parts = createAlertsParts({ ...options, topicPrefix });
  const components: readonly Component[] = [
    { name: 'log', start: () => undefined, stop: () => log.close() },
    listen(options, parts),
    streamGate({
      log,
      topics: alertsTopicSettings(tandem),
      createTopics: tandem.stream.driver === 'embedded',
      logger: logger.child({ component: 'log' }),
    }),
    ...parts.components,
  ];
  return {
    app: new App({ components, logger: logger.child({ component: 'process' }), drainDeadlineMs: STOP_MS }),
    reload: parts.reload,
  };
}

function alertsTopicSettings(tandem: AlertsTandemConfig): ReturnType<typeof topicSettings> {
  const options = topicOptions(tandem);
  const names = new Set(ALERTS_TOPICS.map((id) => topicName(options.prefix, id)));
  return topicSettings(options).filter(({ name }) => names.has(name));
}

function listen(
  { listen: [first, ...others], security, web, logger, metrics }: AlertsProcessOptions,
  { routes }: AlertsParts,
): HttpServer {
  return createServer({
    listenAddress: first,
    furtherAddresses: others,
    listeningMessage: 'Listening on',
    routes,
    routePrefix: web.routePrefix,
    logger,
    metrics,
    stopDeadlineMs: REQUESTS_STOP_MS,
    ...(security === undefined ? {} : { security }),
  });
}
