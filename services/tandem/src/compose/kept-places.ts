import { forgottenRecord, isSettings, senderRecord } from '@tandem/records';
import { partitionOf, type LogRecord, type RecordReader } from '@tandem/stream';

/** What is looked for. */
export interface KeptPlacesOptions {
  readonly log: Pick<RecordReader, 'bounds' | 'partitions' | 'read'>;
  /** Full name of the topic `clusters`. */
  readonly topic: string;
  readonly signal: AbortSignal;
}

/**
 * So many records of a partition are looked at, from its beginning on: what was kept there before it was left alone is
 * among them, because each cluster is written down again every few seconds, and compaction leaves one record of each.
 */
const LOOKED_AT = 10_000;

/**
 * Looks for clusters that were kept in another partition than their records go to now. There are none as long as the
 * number of partitions is what it was: when it grows, keys go elsewhere, and what is known of them stays behind.
 *
 * @returns what is found, in words; `undefined`: everything is in its place
 * @throws {LogError}
 */
export async function misplacedCluster(options: KeptPlacesOptions): Promise<string | undefined> {
  const { log, topic } = options;
  const partitions = await log.partitions(topic);
  for (let partition = 0; partition < partitions; partition++) {
    const found = await misplacedIn(partition, partitions, options);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function misplacedIn(
  partition: number,
  partitions: number,
  { log, topic, signal }: KeptPlacesOptions,
): Promise<string | undefined> {
  const { start, end } = await log.bounds(topic, partition);
  const until = Math.min(end, start + LOOKED_AT);
  for await (const { records } of log.read({ topic, partition, from: start, until, signal })) {
    for (const { key } of records.filter(isOfCluster)) {
      if (key === null) continue;
      const place = partitionOf(key, partitions);
      if (place === partition) continue;
      const name = JSON.stringify(Buffer.from(key).toString());
      return `${topic}: cluster ${name} was kept in partition ${partition}, and of ${partitions} partitions its records go to ${place}`;
    }
  }
  return undefined;
}

/** Settings, senders and what is left of forgotten clusters are in the partitions they are about. */
function isOfCluster({ headers, value }: LogRecord): boolean {
  return value !== null && !isSettings(headers) && !senderRecord.is(headers) && !forgottenRecord.is(headers);
}
