import { type NotificationDecision } from '@tandem/records';
import { type RecordReader } from '@tandem/stream';

import { readTopic } from '../ha/read-topic.ts';
import { DecisionReader, type WantedDecisions } from './decision-reader.ts';

/** How far clocks may be apart, ms: a decision may seem appended before it was made. */
const CLOCK_MARGIN_MS = 60_000;

/** What is to be read. */
export interface DecisionsQuery extends WantedDecisions {
  /** The most decisions, the newest ones. */
  readonly limit: number;
}

/** Decisions that were asked for. */
export interface DecisionsRead {
  /** The oldest first. */
  readonly decisions: readonly NotificationDecision[];
  /** Older ones that were left out. */
  readonly cut: number;
  readonly unreadable: number;
}

/**
 * Reads the topic `notifications` to the barrier.
 *
 * @param records remembers what it has read
 * @throws {LogError} `unknown-topic`
 */
export async function readDecisions(
  reader: RecordReader,
  topic: string,
  { limit, ...wanted }: DecisionsQuery,
  records = new DecisionReader(wanted),
): Promise<DecisionsRead> {
  let found: NotificationDecision[] = [];
  let cut = 0;
  const keepNewest = (): void => {
    const kept = found.toSorted(inOrder).slice(-limit);
    cut += found.length - kept.length;
    found = kept;
  };
  const { sinceMs } = wanted.filter;
  await readTopic(reader, {
    topic,
    fromMs: sinceMs === undefined ? undefined : sinceMs - CLOCK_MARGIN_MS,
    apply: (record, partition) => {
      const decision = records.read(record, partition);
      if (decision === undefined) return;
      found.push(decision);
      if (found.length > 2 * limit + 1000) keepNewest();
    },
  });
  keepNewest();
  return { decisions: found, cut, unreadable: records.unreadable };
}

/** By the time of the decision, then as their writer made them. */
export function inOrder(a: NotificationDecision, b: NotificationDecision): number {
  return a.decidedAtMs - b.decidedAtMs || a.sequence - b.sequence;
}
