import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type DedupObserver } from './observer.ts';
import { type PartitionState } from './partition-state.ts';
import { type SenderWatches } from './senders/sender-watches.ts';
import { type DedupTopics, type WorkSettings } from './settings.ts';
import { type Transaction } from './transaction.ts';

/** What a partition is processed with. */
export interface ProcessorOptions {
  readonly partition: number;
  readonly reader: Pick<RecordReader, 'read' | 'offsetAt'>;
  readonly topics: DedupTopics;
  readonly settings: WorkSettings;
  /** Owner of the leases. */
  readonly instance: string;
  readonly state: PartitionState;
  readonly observer: DedupObserver;
  readonly watches: SenderWatches;
  /** Ends what is read besides the partition's own records. */
  readonly signal: AbortSignal;
  /** Told of each time `deduped` is read again for older samples. */
  readonly onLookBack: () => void;
  /** Told of each record that goes to `rejects`. */
  readonly onReject: (record: LogRecord, reason: string, detail: string) => void;
  /** Transactions that are not known to be committed, oldest first, the one records go into last. */
  readonly unwritten: () => readonly Transaction[];
}
