import { decodeDedupedHeaders } from '@tandem/records';
import { compress, decompress, throwIfNoMemory, toV1 } from '@tandem/remote-write';
import { type LogRecord } from '@tandem/stream';

/** A record made ready for a target that speaks remote write 1.0. */
export interface Body {
  readonly ok: true;
  /** Snappy block. */
  readonly body: Uint8Array;
  readonly samples: number;
  /** Histograms that 1.0 cannot carry. */
  readonly droppedHistograms: number;
}

/** A record that cannot be made ready; the detail goes to `rejects`. */
export interface Unreadable {
  readonly ok: false;
  readonly detail: string;
  readonly samples: number;
}

/**
 * The body of a record of `deduped` as remote write 1.0: as it is where it is 1.0 already.
 *
 * @throws {NoMemoryError} the record is sent when it is read again
 */
export function bodyOf(record: LogRecord, maxDecodedBytes: number): Body | Unreadable {
  const decoded = decodeDedupedHeaders(record.headers);
  if (!decoded.ok) return { ok: false, detail: decoded.problem, samples: 0 };
  const { samples, protocol } = decoded.headers;
  if (record.value === null) return { ok: false, detail: 'the record has no value', samples };
  if (protocol === '1.0') return { ok: true, body: record.value, samples, droppedHistograms: 0 };
  const inflated = decompress(record.value, maxDecodedBytes);
  if (!inflated.ok) throwIfNoMemory(inflated.problem);
  if (!inflated.ok) return { ok: false, detail: inflated.problem.message, samples };
  const transcoded = toV1(inflated.data);
  if (!transcoded.ok) throwIfNoMemory(transcoded.problem);
  if (!transcoded.ok) return { ok: false, detail: transcoded.problem.message, samples };
  const { droppedHistograms } = transcoded;
  return { ok: true, body: compress(transcoded.body), samples: samples - droppedHistograms, droppedHistograms };
}
