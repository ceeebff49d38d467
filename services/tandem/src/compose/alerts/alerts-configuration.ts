import { buildRoutes } from '@tandem/alerting';
import { routeSpec } from '@tandem/alertmanager-config';
import { CONFIGURATION_METRICS, type AlertsConfig, type AlertsService } from '@tandem/alerts';
import { describeError, TandemError } from '@tandem/errors';
import { createIntegrations, type Integrations } from '@tandem/receivers';
import { type Logger, type Metrics } from '@tandem/telemetry';

import { type AlertsConfigFile } from '../../alerts/alerts-config-file.ts';
import { intervalWarnings } from './interval-warnings.ts';

/** What a configuration is put in force with. */
export interface AlertsConfigurationOptions {
  /** For log lines. */
  readonly file: string;
  /** Reads and checks it. @throws {Error} with all that is wrong with it */
  readonly read: () => AlertsConfigFile;
  readonly externalUrl: string;
  readonly version: string;
  readonly retentionMs: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Told of the integrations that are in force from now on. */
  readonly onIntegrations: (byReceiver: Integrations['byReceiver']) => void;
  /** Wall clock, Unix ms. */
  readonly now: () => number;
}

/** What came of reading a configuration again. */
export type AlertsReload = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/** The configuration in force, with its integrations; read again one time after the other. A failure changes nothing. */
export class AlertsConfiguration {
  readonly #options: AlertsConfigurationOptions;
  readonly #metrics;
  #integrations: Integrations;
  #last: Promise<unknown> = Promise.resolve();
  readonly #closing = new Set<Promise<void>>();
  /** What the service starts with. */
  readonly initial: AlertsConfig;

  /** @throws {TandemError} when the configuration cannot be used */
  constructor(options: AlertsConfigurationOptions) {
    this.#options = options;
    this.#metrics = options.metrics.instruments(CONFIGURATION_METRICS);
    try {
      const file = options.read();
      this.#integrations = this.#create(file);
      this.initial = this.#take(file);
    } catch (cause) {
      throw new TandemError('TANDEM_ALERTS_CONFIG', 'error loading configuration file', { cause });
    }
  }

  /** Reads it again, and hands it to the service. Never rejects. */
  reload(service: Pick<AlertsService, 'reload'>): Promise<AlertsReload> {
    const next = this.#last.then(() => this.#reload(service));
    this.#last = next;
    return next;
  }

  /** Closes the integrations, those of earlier configurations included. */
  async close(): Promise<void> {
    await Promise.all([...this.#closing, this.#integrations.close()]);
  }

  #reload(service: Pick<AlertsService, 'reload'>): AlertsReload {
    const { file, logger, read } = this.#options;
    logger.info({ file }, 'Loading configuration file');
    try {
      const config = read();
      const before = this.#integrations;
      this.#integrations = this.#create(config);
      service.reload(this.#take(config));
      this.#retire(before);
      logger.info({ file }, 'Completed loading of configuration file');
      return { ok: true };
    } catch (error) {
      this.#metrics.lastReloadSuccessful.set(0);
      const problem = describeError(error);
      logger.error({ file, err: problem }, 'Loading configuration file failed');
      return { ok: false, problem };
    }
  }

  /** What is being sent by them is sent; nobody waits for it. */
  #retire(integrations: Integrations): void {
    const closing: Promise<void> = integrations.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #create({ config }: AlertsConfigFile): Integrations {
    const { externalUrl, version } = this.#options;
    return createIntegrations(config, { externalUrl, version, environment: process.env });
  }

  #take({ config, hash, warnings }: AlertsConfigFile): AlertsConfig {
    const { logger, now, retentionMs } = this.#options;
    const odd = intervalWarnings(buildRoutes(routeSpec(config.route)), retentionMs);
    for (const warning of [...warnings, ...odd]) logger.warn({ warning }, 'configuration');
    this.#options.onIntegrations(this.#integrations.byReceiver);
    this.#metrics.hash.set(hash);
    this.#metrics.lastReloadSuccessful.set(1);
    this.#metrics.lastReloadSuccess.set(now() / 1000);
    return { config, hash: String(hash), integrations: this.#integrations.byReceiver };
  }
}
