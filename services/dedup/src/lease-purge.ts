import { type LeaseStore } from '@tandem/election';
import { type Clock } from '@tandem/lifecycle';
import { type Logger } from '@tandem/telemetry';

/** What leases are removed with. */
export interface LeasePurgeOptions {
  readonly store: Pick<LeaseStore, 'purge'>;
  /** How long ago a lease must have expired, ms; 0: none is removed. */
  readonly afterMs: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FIRST_AFTER_MS = 60_000;
const INTERVAL_MS = 3_600_000;

/**
 * Removes, now and then, the leases of clusters that are forgotten: those that expired long ago, whoever left them behind.
 * Leases tell and do not decide, so this is no matter of the log.
 */
export class LeasePurge {
  readonly #options: LeasePurgeOptions;
  #cancel: () => void = () => undefined;
  #purging: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: LeasePurgeOptions) {
    this.#options = options;
    this.#schedule(FIRST_AFTER_MS);
  }

  /** Removes nothing more; resolves when no question is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#purging;
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.schedule(() => {
      this.#purging = this.#purge().then(() => this.#schedule(INTERVAL_MS));
    }, delayMs);
  }

  async #purge(): Promise<void> {
    const { store, afterMs, logger } = this.#options;
    const expiredForMs = afterMs();
    if (expiredForMs === 0) return;
    try {
      const leases = await store.purge(expiredForMs);
      if (leases > 0) logger.info({ leases }, 'leases of silent clusters removed');
    } catch (error) {
      logger.warn({ error }, 'leases of silent clusters cannot be removed, tried again in an hour');
    }
  }
}
