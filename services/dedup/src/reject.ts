import { decodeSamplesHeaders, rejectRecord } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { placeOf } from './ledger/place-of.ts';
import { type ProcessorOptions } from './processor-options.ts';
import { type Transaction } from './transaction.ts';

/** A record that cannot be processed. */
interface Rejection {
  readonly record: LogRecord;
  readonly transaction: Transaction;
  readonly cause: { readonly reason: string; readonly detail: string; readonly samples: number };
}

/** What a record is rejected with. */
export interface RejectOptions extends Pick<
  ProcessorOptions,
  'topics' | 'partition' | 'settings' | 'observer' | 'onReject'
> {
  /** Full name of the topic it is of. Default: that of samples. */
  readonly sourceTopic?: string;
}

/** Writes a record that cannot be processed to `rejects`, with the reason; the stream goes on. */
export function writeReject(options: RejectOptions, { record, transaction, cause }: Rejection): void {
  const { topics, partition, settings, observer, onReject, sourceTopic = options.topics.samples } = options;
  const { reason, detail, samples } = cause;
  const { offset, timestampMs, key, headers, value } = record;
  const reject = {
    by: 'dedup',
    reason,
    detail,
    sourceTopic,
    sourcePartition: partition,
    sourceOffset: offset,
    timestampMs,
    key,
    headers,
    value,
  };
  const encoded = rejectRecord.encode(reject, settings.maxRecordBytes);
  transaction.write({ topic: topics.rejects, partition, key: new TextEncoder().encode(sourceTopic), ...encoded });
  const decoded = samples === 0 ? undefined : decodeSamplesHeaders(headers);
  if (decoded?.ok === true) {
    transaction.tally.count(placeOf(record, decoded.headers), { dropped: [{ reason: 'reject', samples }] });
  }
  transaction.afterwards(() => {
    observer.rejected(reason);
    observer.dropped('reject', samples);
    onReject(record, reason, detail);
  });
}
