import { type SettingsScope } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { type ProcessorOptions } from '../processor-options.ts';
import { type PartitionState } from '../partition-state.ts';
import { writeReject } from '../reject.ts';
import { type Transaction } from '../transaction.ts';
import { inForceOutput, readOffer, settingsNote } from './settings-records.ts';

/** What settings are kept with. */
export interface KeeperOptions extends Pick<
  ProcessorOptions,
  'partition' | 'topics' | 'settings' | 'observer' | 'onReject'
> {
  readonly state: Pick<PartitionState, 'inForce' | 'settingsAreWritten'>;
  readonly of: SettingsScope;
}

/** Takes settings out of a partition's records, and writes down which are in force. */
export class SettingsKeeper {
  readonly #options: KeeperOptions;
  /** Whether what is in force stands in `clusters`. */
  #written: boolean;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#written = options.state.settingsAreWritten;
  }

  /** Writes down what a partition without settings was begun with, together with what they decide first. */
  begin(transaction: Transaction): void {
    if (this.#written) return;
    this.#written = true;
    const { topics, partition, of, state } = this.#options;
    transaction.write(settingsNote(topics, state.inForce.newest, { outcome: 'first', of, partition }));
    this.#write(transaction);
  }

  /** Takes the settings of a record; whether they are in force behind it. */
  take(record: LogRecord, transaction: Transaction): boolean {
    const { topics, partition, of, state, observer } = this.#options;
    const offer = readOffer(record);
    if (typeof offer === 'string') {
      const options = { ...this.#options, sourceTopic: topics[of] };
      writeReject(options, { record, transaction, cause: { reason: 'bad-settings', detail: offer, samples: 0 } });
      return false;
    }
    const outcome = state.inForce.offer(offer);
    transaction.write(settingsNote(topics, offer, { outcome, of, partition }));
    transaction.afterwards(() => observer.offeredSettings({ of, partition }, offer, outcome));
    if (outcome === 'applied' || outcome === 'renewed') this.#write(transaction);
    return outcome === 'applied';
  }

  #write(transaction: Transaction): void {
    const { topics, partition, of, state } = this.#options;
    transaction.writeCluster(inForceOutput(topics, state.inForce.changes, { of, partition }));
  }
}
