import { type LogRecord } from '@tandem/stream';

/** Cuts records into runs of at most so many bytes of key and value; a larger record is a run of its own. */
export function chunkBySize(records: readonly LogRecord[], maxBytes: number): readonly (readonly LogRecord[])[] {
  const chunks: LogRecord[][] = [];
  let chunk: LogRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = (record.key?.length ?? 0) + (record.value?.length ?? 0);
    if (chunk.length > 0 && bytes + size > maxBytes) {
      chunks.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(record);
    bytes += size;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}
