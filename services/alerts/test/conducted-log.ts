import {
  LogError,
  type OutgoingRecord,
  type PartitionBounds,
  type Position,
  type ReadRequest,
  type RecordAppender,
  type RecordBatch,
  type RecordReader,
} from '@tandem/stream';

import { type VirtualTime } from './virtual-time.ts';

/** How an instance gets on with the log. */
export interface LogConduct {
  /** Whether the log can be reached now. */
  readonly reachable: () => boolean;
  /** How long an append, a look at the end and a batch take, ms. */
  readonly latencyMs: () => number;
}

/** How long it takes to notice that the log is away, and how often one looks whether it is back, ms. */
const LOOK_MS = 200;

/** A log at the end of a line that takes its time, and is cut sometimes. */
export class ConductedLog
  implements Pick<RecordReader, 'read' | 'bounds' | 'partitions'>, Pick<RecordAppender, 'append'>
{
  readonly #log: Pick<RecordReader, 'read' | 'bounds' | 'partitions'> & Pick<RecordAppender, 'append'>;
  readonly #time: VirtualTime;
  readonly #conduct: LogConduct;

  constructor(
    log: Pick<RecordReader, 'read' | 'bounds' | 'partitions'> & Pick<RecordAppender, 'append'>,
    time: VirtualTime,
    conduct: LogConduct,
  ) {
    this.#log = log;
    this.#time = time;
    this.#conduct = conduct;
  }

  partitions(topic: string): Promise<number> {
    return this.#log.partitions(topic);
  }

  async bounds(topic: string, partition: number): Promise<PartitionBounds> {
    await this.#reach();
    return this.#log.bounds(topic, partition);
  }

  async append(records: readonly OutgoingRecord[]): Promise<readonly Position[]> {
    await this.#reach();
    return this.#log.append(records);
  }

  async *read(request: ReadRequest): AsyncIterable<RecordBatch> {
    for await (const batch of this.#log.read(request)) {
      await this.#time.pause(this.#conduct.latencyMs());
      while (!this.#conduct.reachable()) await this.#time.pause(LOOK_MS);
      yield batch;
    }
  }

  async #reach(): Promise<void> {
    await this.#time.pause(this.#conduct.latencyMs());
    if (this.#conduct.reachable()) return;
    await this.#time.pause(LOOK_MS);
    throw new LogError('unavailable', 'cannot reach the log');
  }
}
