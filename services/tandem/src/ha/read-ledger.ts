import { readOpenLedger, Tally, type OpenLedger, type TallyRow } from '@tandem/dedup';
import { ledgerRowRecord } from '@tandem/records';
import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type ClusterName } from './cluster-name.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { readTopic } from './read-topic.ts';

/** How far the clocks of two brokers may be apart, ms: a row may seem appended before the minute it is of. */
const CLOCK_MARGIN_MS = 60_000;

/** Of what rows are wanted. */
export interface LedgerRequest extends ClusterName {
  /** Minutes from this on, Unix ms. */
  readonly fromMs: number;
}

/** Rows of a cluster, added up: one for each minute, replica and epoch. */
export interface LedgerRead {
  readonly rows: readonly TallyRow[];
  /** Records that cannot be read. */
  readonly unreadable: number;
}

/**
 * Reads what was counted of a cluster: the ledger, and what is not in it yet. All of it is committed, and nothing is there
 * twice: tallies are read first, and left out where the ledger has been written since.
 *
 * @throws {LogError} `unknown-topic`
 */
export async function readLedger(
  reader: RecordReader,
  topics: Pick<HaTopics, 'ledger' | 'tallies'>,
  { tenant, cluster, fromMs }: LedgerRequest,
): Promise<LedgerRead> {
  let unreadable = 0;
  const open = await readTallies(reader, topics.tallies, () => unreadable++);
  const written = new Map<number, number>();
  const total = new Tally();
  const add = (row: TallyRow): void => {
    if (row.tenant === tenant && row.cluster === cluster && row.minuteMs >= fromMs) total.addRow(row);
  };
  const apply = (record: LogRecord, partition: number): void => {
    const decoded = ledgerRowRecord.decode(record);
    if (!decoded.ok) {
      unreadable++;
      return;
    }
    written.set(partition, Math.max(written.get(partition) ?? 0, decoded.value.throughOffset));
    add(decoded.value);
  };
  await readTopic(reader, { topic: topics.ledger, fromMs: Math.max(0, fromMs - CLOCK_MARGIN_MS), apply });
  for (const [partition, { generation, tally }] of open.entries()) {
    if (generation >= (written.get(partition) ?? 0)) tally.rows.forEach(add);
  }
  return { rows: total.rows, unreadable };
}

async function readTallies(
  reader: RecordReader,
  topic: string,
  onUnreadable: () => void,
): Promise<readonly OpenLedger[]> {
  const partitions = await reader.partitions(topic);
  const { signal } = new AbortController();
  return Promise.all(
    Array.from({ length: partitions }, (_, partition) =>
      readOpenLedger(reader, { topic, partition, signal }, 0, onUnreadable),
    ),
  );
}
