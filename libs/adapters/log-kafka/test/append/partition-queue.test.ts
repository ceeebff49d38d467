import { describe, expect, test } from '@jest/globals';
import { LogError } from '@tandem/stream';
import { PartitionQueue } from '../../src/append/partition-queue.ts';
import { PendingAppend } from '../../src/append/pending-append.ts';
import { decodeBatches } from '../../src/wire/decode-batch.ts';
import { recordBytes } from '../../src/wire/encode-batch.ts';
import { BrokerError } from '../../src/wire/errors.ts';
import { BATCH } from '../../src/wire/record-batch.ts';

const MESSAGE_TOO_LARGE = 10;

function queueOf(...values: string[]): { queue: PartitionQueue; appends: PendingAppend[] } {
  const queue = new PartitionQueue('t', 0);
  queue.begin({ producerId: '7', producerEpoch: 0 });
  const appends = values.map((value) => push(queue, value));
  return { queue, appends };
}

function push(queue: PartitionQueue, value: string, deadline = Infinity): PendingAppend {
  const record = { topic: 't', partition: 0, key: null, value: Buffer.from(value) };
  const pending = new PendingAppend([record], deadline);
  pending.settled.catch(() => undefined);
  queue.push({ record, bytes: recordBytes(record), pending, index: 0 });
  return pending;
}

const values = (batch: Buffer): string[] => decodeBatches(batch, 0, []).records.map((one) => String(one.value));
const sequence = (batch: Buffer): number => batch.readInt32BE(BATCH.baseSequence);

describe('the queue of a partition', () => {
  test('acknowledges records by their place in the batch, and goes on in sequence', async () => {
    const { queue, appends } = queueOf('a', 'b');
    expect(values(queue.takeBatch())).toEqual(['a', 'b']);
    queue.acknowledge(41);
    expect((await Promise.all(appends.map((one) => one.settled))).flat().map((one) => one.offset)).toEqual([41, 42]);
    push(queue, 'c');
    expect(sequence(queue.takeBatch())).toBe(2);
  });

  test('sends the same bytes again after a failure, whatever was appended since', () => {
    const { queue } = queueOf('a');
    const first = queue.takeBatch();
    push(queue, 'b');
    const waitMs = queue.retryLater(1000, new Error('lost'));
    expect(queue.sendable(1000)).toBe(false);
    expect(queue.sendable(1000 + waitMs)).toBe(true);
    expect(queue.takeBatch()).toBe(first);
  });

  test('never uses a sequence number of a rejected batch: it asks for a new producer', async () => {
    const { queue, appends } = queueOf('a');
    queue.takeBatch();
    queue.rejectBatch(new LogError('unavailable', 'gone'));
    await expect(appends[0]?.settled).rejects.toThrow('gone');
    expect(queue.needsProducer).toBe(true);
  });

  test('cuts up a batch that was refused for its size, in order, until one record alone is refused', () => {
    const { queue } = queueOf('a', 'b', 'c', 'd');
    const tooLarge = new BrokerError(MESSAGE_TOO_LARGE);
    queue.takeBatch();
    expect(queue.split(tooLarge)).toBe(true);
    const half = queue.takeBatch();
    expect(values(half).length).toBeLessThan(4);
    expect(sequence(half)).toBe(0);
    while (queue.split(tooLarge)) queue.takeBatch();
    expect(values(queue.takeBatch())).toEqual(['a']);
  });

  test('keeps batches under the bound of a broker', () => {
    const { queue } = queueOf(...Array.from({ length: 5 }, () => 'x'.repeat(400_000)));
    expect(values(queue.takeBatch())).toHaveLength(2);
    queue.acknowledge(0);
    expect(queue.nextBytes).toBeLessThanOrEqual(900_000);
  });

  test('rejects what was never sent in time, and leaves the rest', async () => {
    const { queue } = queueOf();
    const late = push(queue, 'late', 10);
    push(queue, 'fresh', 100);
    queue.expireWaiting(50, new LogError('unavailable', 'too late'));
    await expect(late.settled).rejects.toThrow('too late');
    expect(values(queue.takeBatch())).toEqual(['fresh']);
  });

  test('does not give up a batch that is under way', () => {
    const { queue } = queueOf();
    push(queue, 'a', 10);
    queue.takeBatch();
    queue.busy = true;
    expect(queue.expireBatch(50, new LogError('unavailable', 'too late'))).toBe(false);
    queue.busy = false;
    expect(queue.expireBatch(50, new LogError('unavailable', 'too late'))).toBe(true);
    expect(queue.isEmpty).toBe(true);
  });
});
