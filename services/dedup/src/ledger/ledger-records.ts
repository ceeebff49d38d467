import { clusterKey, ledgerRowRecord, tallyRecord } from '@tandem/records';
import { type LogRecord, type OutgoingRecord } from '@tandem/stream';

import { type DedupTopics } from '../settings.ts';
import { type LaneProgress, type TallyRow } from './tally.ts';

/** One record of `tallies`. */
export interface StoredTally {
  /** Everything below this offset of `samples` is in the ledger. */
  readonly generation: number;
  /** How many there are before it of this generation. */
  readonly index: number;
  readonly rows: readonly TallyRow[];
  readonly lanes: readonly LaneProgress[];
}

/** The record of `ledger` for a row; everything below `throughOffset` of the partition is in the rows up to it. */
export function ledgerOutput(
  topics: Pick<DedupTopics, 'ledger'>,
  row: TallyRow,
  source: { readonly partition: number; readonly throughOffset: number },
): OutgoingRecord {
  const { partition, throughOffset } = source;
  const record = ledgerRowRecord.encode({ ...row, sourcePartition: partition, throughOffset });
  return { topic: topics.ledger, partition, key: clusterKey(row.tenant, row.cluster ?? ''), ...record };
}

/** The record of `tallies` for what a transaction counted. */
export function tallyOutput(
  topics: Pick<DedupTopics, 'tallies'>,
  partition: number,
  tally: StoredTally,
): OutgoingRecord {
  return { topic: topics.tallies, partition, key: null, ...tallyRecord.encode(tally) };
}

/** Reads a record of `tallies`; a problem comes back as text. */
export function readTally(record: Pick<LogRecord, 'value' | 'headers'>): StoredTally | string {
  const decoded = tallyRecord.decode(record);
  return decoded.ok ? decoded.value : decoded.problem;
}
