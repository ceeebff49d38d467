import { decisionJson } from '@tandem/alerts';
import { type RecordReader } from '@tandem/stream';

import { formatJson, unreadableNote, type Report } from '../ha/report.ts';
import { decisionTable } from './decision-table.ts';
import { readDecisions, type DecisionsQuery } from './read-decisions.ts';

/** Lists the decisions that are wanted, the oldest first. @throws {LogError} `unknown-topic` */
export async function searchDecisions(
  reader: RecordReader,
  topic: string,
  { json, ...query }: DecisionsQuery & { readonly json: boolean },
): Promise<Report> {
  const { decisions, cut, unreadable } = await readDecisions(reader, topic, query);
  const notes = [
    ...(decisions.length === 0 ? ['no decisions'] : []),
    ...(cut > 0 ? [`the newest ${decisions.length} of ${decisions.length + cut} decisions: --limit shows more`] : []),
    ...unreadableNote(topic, unreadable),
  ];
  if (json) return { text: formatJson(decisions.map(decisionJson)), notes };
  return { text: decisions.length === 0 ? '' : decisionTable(decisions), notes };
}
