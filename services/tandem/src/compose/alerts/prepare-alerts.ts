import { randomBytes } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';

import { type Outcome } from '@tandem/alerting';
import { snapshotImport, type AlertsInstance } from '@tandem/alerts';
import { TandemError } from '@tandem/errors';
import { type ListenAddress } from '@tandem/server';
import { type Metrics, type RootLogger } from '@tandem/telemetry';

import { alertsSettings, listenAddresses } from '../../alerts/alert-settings.ts';
import { readAlertsConfigFile, type AlertsConfigFile } from '../../alerts/alerts-config-file.ts';
import { webAddress } from '../../alerts/external-url.ts';
import { parseFeatures, type Features } from '../../alerts/features.ts';
import { type AlertFlags } from '../../alerts/flags/alert-flags.ts';
import { alertsInstance } from '../../alerts/instance.ts';
import { peersElsewhere } from '../../alerts/peers-elsewhere.ts';
import { alertsTandemConfig, type AlertsTandemConfig } from '../../alerts/tandem-config.ts';
import type { AlertsCommandLine } from '../../commands/run-alerts.ts';
import { openLog } from '../drivers.ts';
import { composeAlerts, type AlertsProcess, type AlertsProcessOptions } from './alerts-process.ts';
import { type AlertsWeb } from './alerts-parts.ts';

/** What a process has of its own. */
export interface AlertsSurroundings {
  readonly logger: RootLogger;
  readonly metrics: Metrics;
  readonly version: string;
}

/**
 * Makes a process of what the command line, the environment and the files say. Everything is checked before the log is opened.
 *
 * @throws {Error} with what is wrong
 */
export async function prepareAlerts(
  commandLine: AlertsCommandLine,
  surroundings: AlertsSurroundings,
): Promise<AlertsProcess> {
  const { values: flags } = commandLine;
  const { logger } = surroundings;
  refuseSockets(flags);
  const features = usable(parseFeatures(flags['enable-feature']), 'error parsing the feature flag list');
  if (features.unused.length > 0)
    logger.warn({ features: features.unused.join(',') }, 'features that have no effect here');
  const tandem = await tandemConfig(commandLine, logger);
  const listen = usable(listenAddresses(flags['web.listen-address']));
  const settings = usable(alertsSettings(flags, features, tandem.alerts));
  const { metrics } = surroundings;
  const prepared = {
    ...surroundings,
    tandem,
    settings,
    instance: instanceOf(flags, listen[0], surroundings.version),
    web: webOf(flags, listen[0]),
    listen,
    ...fileOf(flags, features),
    security: await securityOf(flags, logger),
    receiverNameInMetrics: features.receiverNameInMetrics,
    importInto: await snapshotImport({
      directory: flags['storage.path'],
      retentionMs: settings.retentionMs,
      logger: logger.child({ component: 'import' }),
      metrics,
    }),
  };
  warnOfPeersElsewhere(flags, tandem, logger);
  return composeOnLog(prepared, logger);
}

async function composeOnLog(options: Omit<AlertsProcessOptions, 'log'>, logger: RootLogger): Promise<AlertsProcess> {
  const log = await openLog(options.tandem, logger.child({ component: 'log' }));
  try {
    return composeAlerts({ ...options, log });
  } catch (error) {
    // An open log keeps the process alive.
    await log.close();
    throw error;
  }
}

/** `--storage.path` holds where it is given; else that of the Tandem configuration, so that services can share a log. */
async function tandemConfig(
  { values, given, prefixed }: AlertsCommandLine,
  logger: RootLogger,
): Promise<AlertsTandemConfig> {
  const { config, warnings } = await alertsTandemConfig({
    flags: prefixed,
    file: values['tandem.config-file'],
    storagePath: given.has('storage.path') ? values['storage.path'] : undefined,
    environment: process.env,
  });
  for (const warning of warnings) logger.warn({ warning }, 'configuration');
  return config;
}

function fileOf(flags: AlertFlags, { matcherMode }: Features): Pick<AlertsProcessOptions, 'file' | 'read'> {
  const file = flags['config.file'];
  return { file, read: (): AlertsConfigFile => readAlertsConfigFile(file, matcherMode) };
}

function instanceOf(flags: AlertFlags, { port }: ListenAddress, version: string): AlertsInstance {
  const machineAddress = machineAddresses().find((address) => !address.startsWith('fe80:'));
  const random = randomBytes(4).toString('hex');
  return alertsInstance(flags, { hostname: hostname(), machineAddress, webPort: port, random, version });
}

function webOf(flags: AlertFlags, { port }: ListenAddress): AlertsWeb {
  const address = webAddress({
    externalUrl: flags['web.external-url'],
    routePrefix: flags['web.route-prefix'],
    hostname: hostname(),
    port,
  });
  return {
    ...usable(address, 'failed to determine external URL'),
    getConcurrency: Math.max(0, flags['web.get-concurrency']),
    timeoutMs: Math.max(0, flags['web.timeout']),
  };
}

async function securityOf(flags: AlertFlags, logger: RootLogger): Promise<AlertsProcessOptions['security']> {
  const file = flags['web.config.file'];
  if (file === '') return undefined;
  const { WebSecurity } = await import('../../web-config/web-security.ts');
  return new WebSecurity(file, logger.child({ component: 'web' }));
}

function refuseSockets(flags: AlertFlags): void {
  if (flags['web.systemd-socket']) throw new TandemError('TANDEM_ALERTS_CONFIG', '--web.systemd-socket is not offered');
}

/** A log on one machine is nobody's on another: each machine would notify for itself. */
function warnOfPeersElsewhere(flags: AlertFlags, { stream }: AlertsTandemConfig, logger: RootLogger): void {
  if (stream.driver !== 'embedded' || flags['cluster.peer'].length === 0) return;
  const machine = { hostname: hostname(), addresses: new Set(machineAddresses({ loopback: true })) };
  void peersElsewhere(flags['cluster.peer'], machine).then((peers) => {
    if (peers.length === 0) return;
    const remedy = 'set stream.driver to kafka in the Tandem configuration, else each machine notifies for itself';
    logger.warn({ peers: peers.join(' '), remedy }, 'peers on other machines need the log on Kafka');
  });
}

function machineAddresses({ loopback }: { readonly loopback: boolean } = { loopback: false }): readonly string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const wanted = interfaces.filter(({ internal }) => loopback || !internal);
  // IPv4 first: it needs no brackets and no zone.
  return wanted
    .toSorted((a, b) => Number(b.family === 'IPv4') - Number(a.family === 'IPv4'))
    .map(({ address }) => address);
}

function usable<Value>(outcome: Outcome<Value>, what?: string): Value {
  if (outcome.ok) return outcome.value;
  throw new TandemError('TANDEM_ALERTS_CONFIG', what === undefined ? outcome.error : `${what}: ${outcome.error}`);
}
