import { describe, expect, test } from '@jest/globals';
import { type LogRecord, readToBarrier, type ReadRequest, type RecordBatch, type RecordReader } from '../src/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const entry = (offset: number, key: string | null, value: string | null): LogRecord => ({
  offset,
  timestampMs: 0,
  key: key === null ? null : bytes(key),
  value: value === null ? null : bytes(value),
  headers: {},
});

/** A partition whose first `known` records are there already. */
class ScriptedReader implements RecordReader {
  readonly #records: readonly LogRecord[];
  readonly #known: number;

  constructor(records: readonly LogRecord[], known: number) {
    this.#records = records;
    this.#known = known;
  }

  async *read(request: ReadRequest): AsyncGenerator<RecordBatch> {
    const { topic, partition, from, until = Infinity } = request;
    for (const one of this.#records) {
      if (one.offset < from || one.offset >= until) continue;
      await Promise.resolve();
      yield { topic, partition, records: [one], nextOffset: one.offset + 1, end: this.#known };
    }
  }

  bounds(): Promise<{ start: number; end: number }> {
    return Promise.resolve({ start: this.#records[0]?.offset ?? 0, end: this.#known });
  }

  offsetAt(): Promise<number> {
    return Promise.resolve(0);
  }

  partitions(): Promise<number> {
    return Promise.resolve(1);
  }
}

const source = { topic: 't', partition: 0, signal: new AbortController().signal };

describe('reading to the barrier', () => {
  test('applies what is there now, in order, and says where to go on', async () => {
    const reader = new ScriptedReader([entry(3, 'a', '1'), entry(4, 'b', '2'), entry(9, 'c', '3')], 6);
    const seen: number[] = [];
    expect(await readToBarrier(reader, source, 3, (one) => seen.push(one.offset))).toBe(6);
    expect(seen).toEqual([3, 4]);
  });
});
