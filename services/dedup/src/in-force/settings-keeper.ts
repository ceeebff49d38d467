import { type LogRecord } from '@tandem/stream';

import { type ProcessorOptions } from '../processor-options.ts';
import { writeReject } from '../reject.ts';
import { type Transaction } from '../transaction.ts';
import { inForceOutput, readOffer, settingsNote } from './settings-records.ts';

/** Takes settings out of a partition's records, and writes down which are in force. */
export class SettingsKeeper {
  readonly #options: ProcessorOptions;
  /** Whether what is in force stands in `clusters`. */
  #written: boolean;

  constructor(options: ProcessorOptions) {
    this.#options = options;
    this.#written = options.state.settingsAreWritten;
  }

  /** Writes down what a partition without settings was begun with, together with what they decide first. */
  begin(transaction: Transaction): void {
    if (this.#written) return;
    this.#written = true;
    const { topics, partition, state } = this.#options;
    transaction.write(settingsNote(topics, state.inForce.newest, { outcome: 'first', partition }));
    this.#write(transaction);
  }

  /** Takes the settings of a record; whether they are in force behind it. */
  take(record: LogRecord, transaction: Transaction): boolean {
    const { topics, partition, state, observer } = this.#options;
    const offer = readOffer(record);
    if (typeof offer === 'string') {
      writeReject(this.#options, { record, transaction, cause: { reason: 'bad-settings', detail: offer, samples: 0 } });
      return false;
    }
    const outcome = state.inForce.offer(offer);
    transaction.write(settingsNote(topics, offer, { outcome, partition }));
    transaction.afterwards(() => observer.offeredSettings(partition, offer, outcome));
    if (outcome === 'applied' || outcome === 'renewed') this.#write(transaction);
    return outcome === 'applied';
  }

  #write(transaction: Transaction): void {
    const { topics, partition, state } = this.#options;
    transaction.writeCluster(inForceOutput(topics, state.inForce.changes, { partition }));
  }
}
