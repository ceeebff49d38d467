import { LogError, type LogRecord, type ReadRequest, type RecordBatch } from '@tandem/stream';
import { idKey, offsetOfKey, recordKey } from './keys.ts';
import { decodeState, type PartitionState } from './partition-state.ts';
import { decodeRecord, recordTimeMs } from './record-codec.ts';
import { type ChangeFeed, partitionChange } from './change-feed.ts';
import { type Tables } from './tables.ts';

const DEFAULT_BATCH_BYTES = 4 * 1_048_576;

/** Reads partitions of a store by position. */
export class PartitionReader {
  readonly #tables: Tables;
  readonly #changes: ChangeFeed;

  constructor(tables: Tables, changes: ChangeFeed) {
    this.#tables = tables;
    this.#changes = changes;
  }

  /** The state as of now, whoever wrote last. */
  state(id: number): PartitionState {
    this.#tables.root.resetReadTxn();
    return decodeState(this.#tables.partitions.get(idKey(id)));
  }

  /** First offset at or after a time: a binary search, for append times never go back. */
  offsetAt(id: number, timeMs: number): number {
    const state = this.state(id);
    let [low, high] = [state.start, state.end];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.#first(id, middle, high);
      if (found === undefined) high = middle;
      else if (found.timeMs < timeMs) low = found.offset + 1;
      else high = middle;
    }
    return this.#first(id, low, state.end)?.offset ?? state.end;
  }

  /** Batches from a position on; ends by `until` or the signal. */
  async *read(id: number, request: ReadRequest, signal: AbortSignal): AsyncGenerator<RecordBatch, void, void> {
    const until = request.until ?? Infinity;
    let next = request.from;
    let lostFrom: number | undefined;
    while (next < until && !signal.aborted) {
      const { start, end } = this.state(id);
      const from = Math.max(next, start);
      if (from >= Math.min(end, until)) {
        if (from >= until) return;
        await this.#changes.wait(partitionChange(id), () => this.#end(id) > from, signal);
        continue;
      }
      const batch = this.#batch(id, request, { from, end });
      if (start > next) lostFrom ??= next;
      next = batch.nextOffset;
      if (batch.records.length > 0) {
        yield lostFrom === undefined ? batch : { ...batch, lostFrom };
        lostFrom = undefined;
      }
      // Batches that are there already must not keep the event loop from everything else.
      await new Promise(setImmediate);
    }
  }

  #batch(id: number, request: ReadRequest, range: { from: number; end: number }): RecordBatch {
    const { topic, partition, until = Infinity, maxBatchBytes = DEFAULT_BATCH_BYTES } = request;
    const limit = Math.min(range.end, until);
    const records: LogRecord[] = [];
    let bytes = 0;
    let nextOffset = limit;
    const span = { start: recordKey(id, range.from), end: recordKey(id, limit) };
    for (const { key, value } of this.#tables.records.getRange(span)) {
      const offset = offsetOfKey(key);
      bytes += value.length;
      if (records.length > 0 && bytes > maxBatchBytes) {
        nextOffset = offset;
        break;
      }
      records.push(decodeRecord(value, offset));
    }
    return { topic, partition, records, nextOffset, end: range.end };
  }

  #end(id: number): number {
    return decodeState(this.#tables.partitions.get(idKey(id))).end;
  }

  #first(id: number, from: number, end: number): { offset: number; timeMs: number } | undefined {
    const span = { start: recordKey(id, from), end: recordKey(id, end), limit: 1 };
    for (const { key, value } of this.#tables.records.getRange(span)) {
      return { offset: offsetOfKey(key), timeMs: recordTimeMs(value) };
    }
    return undefined;
  }
}

/** Refuses ranges no partition can have. */
export function checkRange({ from }: ReadRequest): void {
  if (!Number.isInteger(from) || from < 0) throw new LogError('misconfigured', `cannot read from offset ${from}`);
}
