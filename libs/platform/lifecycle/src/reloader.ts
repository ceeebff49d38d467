import { describeError } from '@tandem/errors';
import { gauge, type Logger, type Metrics } from '@tandem/telemetry';

/** Metrics of reading the configuration again; as Prometheus' of these names. */
export const RELOAD_METRICS = {
  successful: gauge({
    name: 'tandem_config_last_reload_successful',
    help: '1 when the configuration could be used the last time it was read, 0 when the one before stays.',
  }),
  successTimestamp: gauge({
    name: 'tandem_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration was last read and could be used.',
  }),
};

/** What a configuration that was read again has changed. Keys by their path. */
export interface Reloaded {
  /** In effect from now on. */
  readonly applied: readonly string[];
  /** Other than the process was started with, and in effect once it is started again. */
  readonly restart: readonly string[];
}

/** What came of reading the configuration again. */
export type ReloadOutcome =
  | ({ readonly ok: true } & Reloaded)
  /** The configuration before stays; why, for people. */
  | { readonly ok: false; readonly problem: string };

/** What the configuration is read again with. */
export interface ReloaderOptions {
  /** Reads, checks and applies it. What it throws means that nothing was applied. */
  readonly read: () => Reloaded | Promise<Reloaded>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Wall clock, Unix ms. */
  readonly now: () => number;
}

/** Reads the configuration of a process again, one time after the other. A failure changes nothing. */
export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #metrics;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#metrics = options.metrics.instruments(RELOAD_METRICS);
    // What the process was started with was read, and could be used.
    this.#succeeded();
  }

  /** Reads it again; never rejects. */
  reload(): Promise<ReloadOutcome> {
    const next = this.#last.then(() => this.#reload());
    this.#last = next;
    return next;
  }

  async #reload(): Promise<ReloadOutcome> {
    const { read, logger } = this.#options;
    try {
      const { applied, restart } = await read();
      this.#succeeded();
      logger.info({ applied: applied.join(',') }, 'configuration read again');
      if (restart.length > 0) {
        logger.warn({ keys: restart.join(',') }, 'changed keys take effect once the process is started again');
      }
      return { ok: true, applied, restart };
    } catch (error) {
      this.#metrics.successful.set(0);
      const problem = describeError(error);
      logger.error({ problem }, 'configuration cannot be used, the one before stays');
      return { ok: false, problem };
    }
  }

  #succeeded(): void {
    this.#metrics.successful.set(1);
    this.#metrics.successTimestamp.set(this.#options.now() / 1000);
  }
}
