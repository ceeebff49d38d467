import { decisionJson } from '@tandem/alerts';
import { type NotificationDecision } from '@tandem/records';
import { type RecordReader } from '@tandem/stream';

import { DecisionReader } from './decision-reader.ts';
import { decisionLine } from './decision-table.ts';
import { readDecisions, type DecisionsQuery } from './read-decisions.ts';

/** What `tandem nflog tail` was asked. The limit is for those there are already. */
export interface TailQuery extends DecisionsQuery {
  readonly json: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly write: (line: string) => void;
}

/**
 * Shows the newest decisions, and from then on each as it is made, until the signal aborts.
 *
 * @throws {LogError} `unknown-topic`
 */
export async function tailDecisions(reader: RecordReader, topic: string, query: TailQuery): Promise<void> {
  const { signal, write, json } = query;
  const show = (decision: NotificationDecision): void =>
    write(json ? JSON.stringify(decisionJson(decision)) : decisionLine(decision));
  const partitions = Array.from({ length: await reader.partitions(topic) }, (_, partition) => partition);
  const ends = await Promise.all(partitions.map(async (partition) => (await reader.bounds(topic, partition)).end));
  // What comes between the two reads is in both: the reader knows what it has read.
  const records = new DecisionReader(query);
  const { decisions } = await readDecisions(reader, topic, query, records);
  for (const decision of decisions) show(decision);
  const follow = async (partition: number): Promise<void> => {
    for await (const batch of reader.read({ topic, partition, from: ends[partition] ?? 0, signal })) {
      for (const record of batch.records) {
        const decision = records.read(record, partition);
        if (decision !== undefined) show(decision);
      }
    }
  };
  await Promise.all(partitions.map(follow));
}
