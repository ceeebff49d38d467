import { settingsOutcome } from '@tandem/election';
import { type Clock } from '@tandem/lifecycle';
import { type RecordAppender } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import { outlast } from '../outlast.ts';
import { type DedupTopics } from '../settings.ts';
import { type OfferedSettings, type SettingsChange } from './partition-settings.ts';
import { settingsOffer } from './settings-records.ts';

/** What settings are offered with. */
export interface OffererOptions {
  readonly appender: RecordAppender;
  readonly topics: Pick<DedupTopics, 'samples'>;
  readonly partition: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the offering: another instance holds the partition. */
  readonly signal: AbortSignal;
}

/**
 * Puts the configuration of this instance into the log where the partition goes by another one that was read earlier: once
 * for each time it is read. Where the other one was read later it stays, so that two instances do not put each other's away.
 */
export class SettingsOfferer {
  readonly #options: OffererOptions;
  #offered: OfferedSettings | undefined;

  constructor(options: OffererOptions) {
    this.#options = options;
  }

  /** Offers what is configured, if it is to be. Resolves when it is in the log. */
  async offer(configured: OfferedSettings, inForce: SettingsChange): Promise<void> {
    const { appender, topics, partition, logger } = this.#options;
    const outcome = settingsOutcome(inForce, configured);
    if (outcome === 'unchanged' || this.#offered === configured) return;
    this.#offered = configured;
    const { instance, hash } = inForce;
    const fields = { partition, configured: configured.hash, in_force: hash, of: instance };
    if (outcome === 'older') {
      logger.warn(fields, 'settings of another instance, read later, are in force: give all the same configuration');
      return;
    }
    logger.info(fields, 'settings differ from those in force, putting them into the log');
    try {
      await outlast(() => appender.append([settingsOffer(topics, partition, configured)]), this.#options);
    } catch (error) {
      // It is not in the log: the next time it is asked about it has to be offered again.
      this.#offered = undefined;
      throw error;
    }
  }
}
