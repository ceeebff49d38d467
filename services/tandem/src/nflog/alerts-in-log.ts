import { matchesAll, type LabelSet, type Matcher } from '@tandem/alerting';
import { alertGroupRecord, alertRecord } from '@tandem/records';
import { LogError, type LogRecord, type RecordReader } from '@tandem/stream';

import { readTopic } from '../ha/read-topic.ts';

/** An alert as the log has it now. Times are Unix ms. */
export interface AlertInLog {
  readonly labels: LabelSet;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly receivedBy: string;
}

/** The alerts of the log that match, as they stand; empty where the log has no such topic. */
export async function readAlerts(
  reader: RecordReader,
  topic: string,
  matchers: readonly Matcher[],
): Promise<readonly AlertInLog[]> {
  const byKey = new Map<string, AlertInLog>();
  const decoder = new TextDecoder();
  const apply = (record: LogRecord): void => {
    const key = decoder.decode(record.key ?? undefined);
    byKey.delete(key);
    if (record.value === null || alertGroupRecord.is(record.headers)) return;
    const decoded = alertRecord.decode(record);
    if (!decoded.ok) return;
    const labels = new Map(Object.entries(decoded.value.labels));
    if (matchesAll(matchers, labels)) byKey.set(key, { ...decoded.value, labels });
  };
  try {
    await readTopic(reader, { topic, apply });
  } catch (error) {
    if (!(error instanceof LogError) || error.reason !== 'unknown-topic') throw error;
  }
  return [...byKey.values()].toSorted((a, b) => a.startsAtMs - b.startsAtMs);
}
