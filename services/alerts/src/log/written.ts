import { type OutgoingRecord } from '@tandem/stream';

/** Key, value and headers of a record. */
export type Written = Pick<OutgoingRecord, 'key' | 'value' | 'headers'>;
