import { describe, expect, test } from '@jest/globals';
import {
  CompactedView,
  type LogRecord,
  readToBarrier,
  type ReadRequest,
  type RecordBatch,
  type RecordReader,
} from '../src/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const entry = (offset: number, key: string | null, value: string | null): LogRecord => ({
  offset,
  timestampMs: 0,
  key: key === null ? null : bytes(key),
  value: value === null ? null : bytes(value),
  headers: {},
});

/** A partition whose first `known` records are there already; the tail gives the rest, then fails where told to. */
class ScriptedReader implements RecordReader {
  readonly requests: ReadRequest[] = [];
  readonly #records: readonly LogRecord[];
  readonly #known: number;
  readonly #failure: Error | undefined;

  constructor(records: readonly LogRecord[], known: number, failure?: Error) {
    this.#records = records;
    this.#known = known;
    this.#failure = failure;
  }

  async *read(request: ReadRequest): AsyncGenerator<RecordBatch> {
    this.requests.push(request);
    const { topic, partition, from, until = Infinity } = request;
    for (const one of this.#records) {
      if (one.offset < from || one.offset >= until) continue;
      await Promise.resolve();
      yield { topic, partition, records: [one], nextOffset: one.offset + 1, end: this.#known };
    }
    if (until === Infinity && this.#failure !== undefined) throw this.#failure;
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
const ignore = (): void => undefined;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('reading to the barrier', () => {
  test('applies what is there now, in order, and says where to go on', async () => {
    const reader = new ScriptedReader([entry(3, 'a', '1'), entry(4, 'b', '2'), entry(9, 'c', '3')], 6);
    const seen: number[] = [];
    expect(await readToBarrier(reader, source, 3, (one) => seen.push(one.offset))).toBe(6);
    expect(seen).toEqual([3, 4]);
  });
});

describe('a compacted view', () => {
  test('holds the newest record of every key, when it opens and as the partition grows', async () => {
    const records = [
      entry(2, 'a', '1'),
      entry(3, 'b', '1'),
      entry(4, 'a', '2'),
      entry(5, 'b', null),
      entry(6, 'c', '1'),
    ];
    const reader = new ScriptedReader(records, 5);
    const view = await CompactedView.open(reader, source, ignore);
    expect([view.get(bytes('a'))?.offset, view.get(bytes('b'))?.offset]).toEqual([4, 3]);
    await turn();
    expect([...view.values()].map((one) => one.offset)).toEqual([4, 6]);
    expect(view.size).toBe(2);
    expect(reader.requests.map((one) => one.from)).toEqual([2, 5]);
  });

  test('keeps keys apart that are no text, and passes over records without one', async () => {
    const odd = [Uint8Array.of(0xff), Uint8Array.of(0xfe), Uint8Array.of(0xef, 0xbf, 0xbd)];
    const records = odd.map((key, i) => ({ ...entry(i, '', `${i}`), key }));
    const view = await CompactedView.open(new ScriptedReader([...records, entry(3, null, 'x')], 4), source, ignore);
    expect(view.size).toBe(3);
    expect(odd.map((key) => view.get(key)?.offset)).toEqual([0, 1, 2]);
  });

  test('tells of a tail that ended with a failure, and keeps what it has', async () => {
    const failures: unknown[] = [];
    const failure = new Error('the tail broke');
    const reader = new ScriptedReader([entry(0, 'a', '1')], 1, failure);
    const view = await CompactedView.open(reader, source, (error) => failures.push(error));
    await turn();
    expect(failures).toEqual([failure]);
    expect(view.size).toBe(1);
  });
});
