import { settingsOutcome, type SettingsOutcome } from '@tandem/election';
import { type Clock } from '@tandem/lifecycle';
import { type SettingsScope } from '@tandem/records';
import { type RecordAppender } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import { outlast } from '../outlast.ts';
import { type DedupTopics } from '../settings.ts';
import { type ConfiguredSettings, type SettingsChange } from './partition-settings.ts';
import { settingsOffer, type SettingsPlace } from './settings-records.ts';

/** What settings are offered with. */
export interface OffererOptions {
  readonly appender: RecordAppender;
  readonly topics: Pick<DedupTopics, SettingsScope>;
  readonly place: SettingsPlace;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the offering: another instance holds the partition. */
  readonly signal: AbortSignal;
}

/**
 * Puts the configuration of this instance into the log where the partition goes by another one that was read earlier: once
 * for each time it is read. Where the other one was read later it stays, so that two instances do not put each other's away.
 * One that was read again because somebody wanted it goes into the log even where it is in force: another one may be on its
 * way there, and is older.
 */
export class SettingsOfferer {
  readonly #options: OffererOptions;
  #offered: ConfiguredSettings | undefined;

  constructor(options: OffererOptions) {
    this.#options = options;
  }

  /** Offers what is configured, if it is to be. Resolves when it is in the log. */
  async offer(configured: ConfiguredSettings, inForce: SettingsChange): Promise<void> {
    if (this.#offered === configured) return;
    const outcome = settingsOutcome(inForce, configured);
    if (outcome === 'unchanged' || (outcome === 'renewed' && !configured.isReload)) return;
    this.#offered = configured;
    if (this.#mayOffer(configured, inForce, outcome)) await this.#append(configured);
  }

  #mayOffer(configured: ConfiguredSettings, inForce: SettingsChange, outcome: SettingsOutcome): boolean {
    const { place, logger } = this.#options;
    const { instance, hash, problem } = inForce;
    const fields = { ...place, configured: configured.hash, in_force: hash, of: instance };
    if (outcome === 'older') {
      logger.warn(fields, 'settings of another instance, read later, are in force: give all the same configuration');
      return false;
    }
    if (problem !== undefined && !configured.isReload) {
      const what = 'settings in force cannot be read by this version, judging by those before them until a reload';
      logger.warn({ ...fields, problem }, what);
      return false;
    }
    logger.info(fields, 'putting settings into the log');
    return true;
  }

  async #append(configured: ConfiguredSettings): Promise<void> {
    const { appender, topics, place } = this.#options;
    try {
      await outlast(() => appender.append([settingsOffer(topics, place, configured)]), this.#options);
    } catch (error) {
      // It is not in the log: the next time it is asked about it has to be offered again.
      this.#offered = undefined;
      throw error;
    }
  }
}
