import { notificationDecisionRecord, type NotificationDecision } from '@tandem/records';
import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type DecisionPlace } from './index-row.ts';

/** Records so far apart are read in one go. */
const MAX_GAP = 32;
/** What one read asks for at a time, bytes. */
const BATCH_BYTES = 262_144;

/** Neighbouring records of a partition, the first and the last one included. */
interface Run {
  readonly partition: number;
  readonly first: number;
  last: number;
}

/**
 * Reads decisions from where they stand in the log; one that is there no longer is left out.
 *
 * @returns in the order of the places; `undefined` where the signal aborts before all are read
 */
export async function readPlaces(
  reader: Pick<RecordReader, 'read'>,
  topic: string,
  places: readonly DecisionPlace[],
  signal: AbortSignal,
): Promise<readonly NotificationDecision[] | undefined> {
  const wanted = new Set(places.map(nameOf));
  const found = new Map<string, NotificationDecision>();
  const runs = runsOf(places);
  await Promise.all(
    runs.map(async ({ partition, first, last }) => {
      const request = { topic, partition, from: first, until: last + 1, maxBatchBytes: BATCH_BYTES, signal };
      for await (const { records } of reader.read(request)) {
        for (const record of records) take(record, partition);
      }
    }),
  );
  if (signal.aborted) return undefined;
  return places.flatMap((place) => found.get(nameOf(place)) ?? []);

  function take(record: LogRecord, partition: number): void {
    const name = nameOf({ partition, offset: record.offset });
    if (!wanted.has(name)) return;
    const decoded = notificationDecisionRecord.decode(record);
    if (decoded.ok) found.set(name, decoded.value);
  }
}

function nameOf({ partition, offset }: Pick<DecisionPlace, 'partition' | 'offset'>): string {
  return `${partition}/${offset}`;
}

function runsOf(places: readonly DecisionPlace[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { partition, offset } of places.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)) {
    const run = runs.at(-1);
    if (run?.partition === partition && offset - run.last <= MAX_GAP) run.last = offset;
    else runs.push({ partition, first: offset, last: offset });
  }
  return runs;
}
