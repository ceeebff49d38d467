import { describe, expect, test } from '@jest/globals';
import { type RecordBatch } from '@tandem/stream';
import { NO_LOGGER } from '@tandem/telemetry';
import { type ReadContext, readPartition } from '../../src/read/partition-reader.ts';
import { encodeBatch } from '../../src/wire/encode-batch.ts';
import { BATCH } from '../../src/wire/record-batch.ts';

const OFFSET_OUT_OF_RANGE = 1;
const ORIGIN = { producerId: '7', producerEpoch: 1, baseSequence: 0, transactional: false } as const;
const topic = 'samples';

/** An answer to a fetch: an error, or records from an offset on. */
interface Answer {
  readonly errorCode?: number;
  readonly from?: number;
  readonly count?: number;
}

function payloadOf({ errorCode = 0, from = 0, count = 0 }: Answer): Buffer {
  const records = Array.from({ length: count }, () => ({ key: null, value: Buffer.alloc(500) }));
  const batches = count === 0 ? Buffer.alloc(0) : encodeBatch(records, ORIGIN);
  if (count > 0) batches.writeBigInt64BE(BigInt(from), BATCH.baseOffset);
  const name = Buffer.from(topic);
  const head = Buffer.alloc(16 + name.length + 46);
  // Throttle time, error and session; one topic of one partition.
  let at = head.writeInt32BE(1, 10);
  at = head.writeInt16BE(name.length, at);
  at += name.copy(head, at);
  at = head.writeInt32BE(1, at);
  at = head.writeInt16BE(errorCode, at + 4);
  at = head.writeBigInt64BE(100n, at);
  // Last stable offset, start of the log, no aborted transactions, no preferred replica.
  at = head.writeInt32BE(-1, at + 20);
  head.writeInt32BE(batches.length, at);
  return Buffer.concat([head, batches]);
}

function contextOf(answers: readonly Answer[], start: number): ReadContext {
  const left = [...answers];
  return {
    cluster: { leader: () => Promise.resolve(0), forgetTopic: () => undefined },
    connections: {
      isCrowded: () => false,
      use: () => {
        const next = left.shift();
        return next === undefined ? new Promise<Buffer>(() => undefined) : Promise.resolve(payloadOf(next));
      },
    },
    offsets: { start: () => Promise.resolve(start) },
    logger: NO_LOGGER,
    closing: new AbortController().signal,
  };
}

async function readingOf(answers: readonly Answer[], range: { start: number; from: number }): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  const request = { topic, partition: 0, from: range.from, until: 20, maxBatchBytes: 600 };
  for await (const batch of readPartition(contextOf(answers, range.start), request)) batches.push(batch);
  return batches;
}

describe('reading a partition', () => {
  test('whose records were removed before they were read says so with the first batch that follows', async () => {
    const answers = [{ errorCode: OFFSET_OUT_OF_RANGE }, { from: 17 }, { from: 17, count: 3 }];
    const batches = await readingOf(answers, { start: 17, from: 5 });
    expect(batches.map(({ records, lostFrom }) => [records[0]?.offset, lostFrom])).toEqual([
      [17, 5],
      [18, undefined],
      [19, undefined],
    ]);
  });

  test('from behind its end, as after it was made anew, loses nothing', async () => {
    const answers = [{ errorCode: OFFSET_OUT_OF_RANGE }, { from: 0, count: 20 }];
    const batches = await readingOf(answers, { start: 0, from: 19 });
    expect(batches).toHaveLength(20);
    for (const batch of batches) expect(batch).not.toHaveProperty('lostFrom');
  });
});
