import { describe, expect, it } from '@jest/globals';
import { LogError, type PartitionBounds, type ReadRequest, type RecordBatch } from '@tandem/stream';

import { TopicTail, type TopicTailOptions } from '../src/log/topic-tail.ts';

const ended = new AbortController();
ended.abort();

/** A log that cannot say where the last of its partitions begins, as long as it is told not to. */
class HalfLog implements Pick<TopicTailOptions['reader'], 'read' | 'bounds' | 'partitions'> {
  readonly followed: number[] = [];
  isWhole = false;

  partitions(): Promise<number> {
    return Promise.resolve(3);
  }

  bounds(_topic: string, partition: number): Promise<PartitionBounds> {
    if (partition === 2 && !this.isWhole) return Promise.reject(new LogError('unavailable', 'the log is away'));
    return Promise.resolve({ start: 0, end: 0 });
  }

  async *read({ partition }: ReadRequest): AsyncIterable<RecordBatch> {
    this.followed.push(partition);
    yield* await Promise.resolve([]);
  }
}

describe('a tail', () => {
  it('follows each partition once, however often it was opened in vain', async () => {
    const reader = new HalfLog();
    const open = (): Promise<TopicTail> =>
      TopicTail.open({
        reader,
        topic: 'alerts',
        apply: () => undefined,
        signal: ended.signal,
        onError: () => undefined,
      });
    await expect(open()).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(open()).rejects.toMatchObject({ reason: 'unavailable' });
    reader.isWhole = true;
    await open();
    expect(reader.followed).toEqual([0, 1, 2]);
  });
});
