import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type PartitionSource } from '../log-tail.ts';
import { readTally, type StoredTally } from './ledger-records.ts';
import { type OpenLedger } from './partition-ledger.ts';
import { Tally } from './tally.ts';

/** How many offsets are looked at first; a transaction leaves a hole behind its records. */
const FIRST_SPAN = 64;

/**
 * What was counted in a partition since the ledger was last written: the newest generation of `tallies`, read backwards
 * until its first record.
 *
 * @param emptyGeneration of a partition without tallies: the offset of `samples` from which it is counted
 * @param onUnreadable told of a record that cannot be read: it stands for nothing
 */
export async function readOpenLedger(
  reader: Pick<RecordReader, 'read' | 'bounds'>,
  source: PartitionSource,
  emptyGeneration: number,
  onUnreadable: (offset: number, problem: string) => void,
): Promise<OpenLedger> {
  const { start, end } = await reader.bounds(source.topic, source.partition);
  for (let span = FIRST_SPAN; ; span *= 8) {
    const from = Math.max(start, end - span);
    const tallies: StoredTally[] = [];
    for await (const batch of reader.read({ ...source, from, until: end })) {
      for (const record of batch.records) collect(record, tallies, onUnreadable);
    }
    source.signal.throwIfAborted();
    if (from === start || tallies.some(({ index }) => index === 0)) return sumUp(tallies, emptyGeneration);
  }
}

/** Keeps the tallies of the newest generation. */
function collect(
  record: LogRecord,
  tallies: StoredTally[],
  onUnreadable: (offset: number, problem: string) => void,
): void {
  const tally = readTally(record);
  if (typeof tally === 'string') {
    onUnreadable(record.offset, tally);
    return;
  }
  if (tally.index === 0) tallies.splice(0);
  tallies.push(tally);
}

function sumUp(tallies: readonly StoredTally[], emptyGeneration: number): OpenLedger {
  const tally = new Tally();
  for (const one of tallies) tally.add(one);
  const last = tallies.at(-1);
  return { tally, generation: last?.generation ?? emptyGeneration, index: last === undefined ? 0 : last.index + 1 };
}
