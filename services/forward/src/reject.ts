import { rejectRecord } from '@tandem/records';
import { type Claim, type LogRecord, type OutgoingRecord } from '@tandem/stream';

/** Why a target will not have a record. */
export interface RejectReason {
  /** `unreadable`: it could not be made into a request; `refused`: the target refused it for good. */
  readonly code: 'unreadable' | 'refused';
  /** A sentence for people. */
  readonly detail: string;
}

/** Where a rejected record comes from and goes to. */
export interface RejectContext {
  readonly claim: Pick<Claim, 'topic' | 'partition'>;
  readonly target: string;
  /** Full name of the topic of rejects. */
  readonly topic: string;
  /** Largest record it takes, bytes. */
  readonly maxRecordBytes: number;
}

const encoder = new TextEncoder();

/** The record of `rejects` that keeps a record with the reason. */
export function rejectOf(record: LogRecord, reason: RejectReason, context: RejectContext): OutgoingRecord {
  const { claim, target, topic, maxRecordBytes } = context;
  const reject = {
    by: `forward/${target}`,
    reason: reason.code,
    detail: reason.detail,
    sourceTopic: claim.topic,
    sourcePartition: claim.partition,
    sourceOffset: record.offset,
    timestampMs: record.timestampMs,
    key: record.key,
    headers: record.headers,
    value: record.value,
  };
  return {
    topic,
    partition: claim.partition,
    key: encoder.encode(claim.topic),
    ...rejectRecord.encode(reject, maxRecordBytes),
  };
}
