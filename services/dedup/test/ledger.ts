import { clusterId, ledgerRowRecord } from '@tandem/records';

import { readOpenLedger } from '../src/ledger/open-ledger.ts';
import { Tally, type TallyRow } from '../src/ledger/tally.ts';
import { TOPICS } from './pipeline.ts';
import { SimulatedLog, type SimulatedStorage } from './simulated-log.ts';

/** Rows that are in the ledger, as they were written. */
export function writtenRows(storage: SimulatedStorage, partition = 0): readonly TallyRow[] {
  return storage.records(TOPICS.ledger, partition).map((record) => {
    const decoded = ledgerRowRecord.decode(record);
    if (!decoded.ok) throw new Error(decoded.problem);
    return decoded.value;
  });
}

/** Everything that was counted: the ledger, and what is not in it yet; summed up, in order. */
export async function ledgerOf(storage: SimulatedStorage): Promise<readonly TallyRow[]> {
  const total = new Tally();
  for (let partition = 0; partition < storage.partitions; partition++) {
    for (const row of writtenRows(storage, partition)) total.addRow(row);
    const source = { topic: TOPICS.tallies, partition, signal: new AbortController().signal };
    const { tally } = await readOpenLedger(new SimulatedLog(storage), source, 0, (_, problem) => {
      throw new Error(problem);
    });
    total.add(tally);
  }
  return total.rows.map(plain).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Without what a reader has put around it, and where it was written. */
function plain(row: TallyRow): TallyRow {
  const { tenant, cluster, replica, minuteMs, epoch, records, samples } = row;
  const { emitted, caughtUp, filled, markers, held, dropped, widestSeamMs } = row;
  const counts = { records, samples, emitted, caughtUp, filled, markers, held, widestSeamMs };
  return { tenant, cluster, replica, minuteMs, epoch, ...counts, dropped: { ...dropped } };
}

function nameOf({ tenant, cluster, replica, minuteMs, epoch }: TallyRow): string {
  return `${clusterId(tenant, cluster ?? '')} ${replica ?? ''} ${minuteMs} ${String(epoch ?? 0).padStart(9, '0')}`;
}
