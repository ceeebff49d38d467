import { isWanted, type DecisionFilter } from '@tandem/alerts';
import { notificationDecisionRecord, type NotificationDecision } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

/** Which decisions are wanted. */
export interface WantedDecisions {
  readonly filter: DecisionFilter;
  /** Of this alerts cluster alone. */
  readonly cluster?: string | undefined;
}

/** Reads records of the topic `notifications`, in the order of their partitions. */
export class DecisionReader {
  /** Records that could not be read so far. */
  unreadable = 0;
  readonly #wanted: WantedDecisions;
  /** The last sequence of each writer in each partition: what was appended twice has it again. */
  readonly #sequences = new Map<string, number>();

  constructor(wanted: WantedDecisions) {
    this.#wanted = wanted;
  }

  /** The decision of a record; `undefined`: it is not wanted, or was there before. */
  read(record: LogRecord, partition: number): NotificationDecision | undefined {
    const decoded = notificationDecisionRecord.decode(record);
    if (!decoded.ok) {
      this.unreadable += 1;
      return undefined;
    }
    const { filter, cluster } = this.#wanted;
    const decision = decoded.value;
    if (this.#isDouble(decision, partition)) return undefined;
    if (cluster !== undefined && decision.cluster !== cluster) return undefined;
    return isWanted(filter, decision) ? decision : undefined;
  }

  #isDouble({ writer, sequence }: NotificationDecision, partition: number): boolean {
    const key = `${partition}/${writer}`;
    const last = this.#sequences.get(key);
    if (last !== undefined && sequence <= last) return true;
    this.#sequences.set(key, sequence);
    return false;
  }
}
