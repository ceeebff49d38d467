import { randomUUID } from 'node:crypto';

import {
  apiRoutes,
  CONFIGURATION_METRICS,
  createAlerts,
  DecisionLog,
  DecisionTopic,
  notificationRoutes,
  NotificationMetrics,
  type AlertsInstance,
  type AlertsObserver,
  type AlertsService,
  type AlertsSettings,
  type SnapshotImport,
} from '@tandem/alerts';
import { type Component } from '@tandem/lifecycle';
import { type Route } from '@tandem/server';
import { topicName, type Log } from '@tandem/stream';
import { throttleLogger, type Metrics, type RootLogger } from '@tandem/telemetry';

import { type AlertsConfigFile } from '../../alerts/alerts-config-file.ts';
import { AlertsConfiguration, type AlertsReload } from './alerts-configuration.ts';
import { alertsReloadRoute } from './reload-route.ts';
import { SYSTEM_ALERTS_CLOCK } from './system-clock.ts';

/** The topics of alerts. */
export const ALERTS_TOPICS = ['alerts', 'silences', 'nflog', 'notifications', 'members'] as const;

/** What alerts in a process are made of. */
export interface AlertsPartsOptions {
  /** Belongs to the caller. */
  readonly log: Log;
  readonly topicPrefix: string;
  readonly settings: AlertsSettings;
  readonly instance: AlertsInstance;
  /** `--config.file` */
  readonly file: string;
  /** Reads and checks it. @throws {Error} with all that is wrong with it */
  readonly read: () => AlertsConfigFile;
  readonly web: AlertsWeb;
  /** `--enable-feature=receiver-name-in-metrics` */
  readonly receiverNameInMetrics: boolean;
  /** Brings in what an Alertmanager knew that was here before; `undefined`: there is nothing. */
  readonly importInto: SnapshotImport | undefined;
  readonly logger: RootLogger;
  readonly metrics: Metrics;
}

/** How alerts are served. */
export interface AlertsWeb {
  readonly externalUrl: string;
  readonly routePrefix: string;
  readonly getConcurrency: number;
  /** 0: none. */
  readonly timeoutMs: number;
}

/** Alerts, to be put into a process. */
export interface AlertsParts {
  /** In the order of starting; the topics must be there. */
  readonly components: readonly Component[];
  readonly routes: readonly Route[];
  /** Reads the configuration again. Never rejects. */
  readonly reload: () => Promise<AlertsReload>;
}

/** Puts alerts together. @throws {TandemError} when the configuration cannot be used */
export function createAlertsParts(options: AlertsPartsOptions): AlertsParts {
  const { settings, web, metrics } = options;
  const notifications = new NotificationMetrics(metrics, options.receiverNameInMetrics);
  const configuration = configurationOf(options, notifications);
  const decisions = decisionsOf(options);
  const service = serviceOf(options, configuration, [decisions.log.observer, notifications]);
  setBuildInfo(options);
  const reload = (): Promise<AlertsReload> => configuration.reload(service);
  const { routePrefix, getConcurrency, timeoutMs } = web;
  const { matcherMode } = settings;
  return {
    components: [...decisions.components, closing('receivers', () => configuration.close()), service],
    routes: [
      alertsReloadRoute(routePrefix, reload),
      ...notificationRoutes({ decisions: decisions.topic, routePrefix, matcherMode }),
      ...apiRoutes({
        backend: service.backend,
        routePrefix,
        matcherMode,
        metrics,
        getConcurrency,
        timeoutMs,
        version: options.instance.version,
      }),
    ],
    reload,
  };
}

function configurationOf(
  { file, read, web, instance, settings, logger, metrics }: AlertsPartsOptions,
  notifications: NotificationMetrics,
): AlertsConfiguration {
  return new AlertsConfiguration({
    file,
    read,
    externalUrl: web.externalUrl,
    version: instance.version,
    retentionMs: settings.retentionMs,
    logger: logger.child({ component: 'configuration' }),
    metrics,
    onIntegrations: (byReceiver) => notifications.initialise(byReceiver),
    now: Date.now,
  });
}

interface Decisions {
  readonly log: DecisionLog;
  readonly topic: DecisionTopic;
  readonly components: readonly Component[];
}

function decisionsOf({ log, topicPrefix, settings, instance, logger, metrics }: AlertsPartsOptions): Decisions {
  const topic = topicName(topicPrefix, 'notifications');
  const throttled = throttleLogger(logger.child({ component: 'nflog' }));
  const shared = { topic, cluster: settings.cluster, clock: SYSTEM_ALERTS_CLOCK, metrics };
  const written = new DecisionLog({
    ...shared,
    log,
    instance: instance.name,
    writer: randomUUID(),
    onFailure: (error) => throttled.warn({ error }, 'decisions wait for the log'),
  });
  const read = new DecisionTopic({
    ...shared,
    reader: log,
    onError: (error) => throttled.warn({ error }, 'cannot follow the log of decisions, trying again'),
  });
  const components: readonly Component[] = [
    { name: 'decisions', start: () => read.start(), stop: () => read.stop() },
    closing('decision log', () => written.stop()),
  ];
  return { log: written, topic: read, components };
}

function serviceOf(
  options: AlertsPartsOptions,
  configuration: AlertsConfiguration,
  observers: readonly AlertsObserver[],
): AlertsService {
  const { log, topicPrefix, settings, instance, importInto, logger, metrics } = options;
  const name = (id: (typeof ALERTS_TOPICS)[number]): string => topicName(topicPrefix, id);
  return createAlerts({
    ...configuration.initial,
    log,
    topics: { alerts: name('alerts'), silences: name('silences'), nflog: name('nflog'), members: name('members') },
    settings,
    instance,
    observers,
    ...(importInto === undefined ? {} : { importInto }),
    logger: logger.child({ component: 'alerts' }),
    metrics,
    clock: SYSTEM_ALERTS_CLOCK,
    random: Math.random,
    newId: randomUUID,
  });
}

function setBuildInfo({ metrics, instance }: AlertsPartsOptions): void {
  metrics.instruments(CONFIGURATION_METRICS).buildInfo.set(
    {
      version: instance.version,
      revision: 'unknown',
      branch: '',
      goversion: process.version,
      goos: process.platform,
      goarch: process.arch,
      tags: '',
    },
    1,
  );
}

function closing(name: string, stop: () => Promise<void>): Component {
  return { name, start: () => undefined, stop };
}
