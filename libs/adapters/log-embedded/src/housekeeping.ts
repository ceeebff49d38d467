import { type Logger } from '@tandem/telemetry';
import { idKey, offsetOfKey, recordKey, tombstoneKey, tombstonePlace } from './keys.ts';
import { decodeState } from './partition-state.ts';
import { recordTimeMs } from './record-codec.ts';
import { messageOf, type Tables } from './tables.ts';
import { type TopicCatalogue, type TopicLayout } from './topic-catalogue.ts';
import { type WriteQueue } from './write-queue.ts';
import { type WriteTransaction } from './write-transaction.ts';

/** Bounds of what one transaction removes, so that appends wait for milliseconds only. */
const STEP_RECORDS = 256;
const STEP_BYTES = 8 * 1_048_576;

/** What housekeeping works on. */
export interface HousekeepingOptions {
  readonly tables: Tables;
  readonly topics: TopicCatalogue;
  readonly queue: WriteQueue;
  readonly now: () => number;
  readonly logger: Logger;
  readonly housekeepingMs: number;
  /** How long a tombstone stays, for readers that are behind. */
  readonly tombstoneMs: number;
}

/** The background task of a data directory. */
export interface Housekeeping {
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/** Removes what is past its retention, now and then again. Every process does; what another one removed is not there. */
export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  const keeper = new Housekeeper(options);
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const plan = (): void => {
    timer = setTimeout(() => {
      running = keeper.pass().then(() => {
        if (!keeper.stopped) plan();
      });
    }, options.housekeepingMs);
    timer.unref();
  };
  plan();
  return {
    stop: async () => {
      keeper.stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

class Housekeeper {
  stopped = false;
  readonly #options: HousekeepingOptions;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /** One round over all partitions and the tombstones that are due. */
  async pass(): Promise<void> {
    const { tables, topics, logger } = this.#options;
    try {
      tables.root.readerCheck();
      for (const topic of topics.all()) await this.#trim(topic);
      await this.#repeat((transaction) => this.#dropTombstones(transaction));
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'cannot remove records past their retention, trying again later');
    }
  }

  async #trim(topic: TopicLayout): Promise<void> {
    for (let i = 0; i < topic.partitions && !this.stopped; i++) {
      const id = topic.firstId + i;
      if (this.#due(topic, id)) await this.#repeat((transaction) => this.#trimStep(topic, id, transaction));
    }
  }

  /** Whether there is anything to trim, without a transaction. */
  #due(topic: TopicLayout, id: number): boolean {
    if (topic.policy === 'compact') return false;
    const state = decodeState(this.#options.tables.partitions.get(idKey(id)));
    if (state.start === state.end) return false;
    if (state.bytes > (topic.retentionBytes ?? Infinity)) return true;
    const oldest = this.#options.tables.records.get(recordKey(id, state.start));
    return oldest === undefined || recordTimeMs(oldest) < this.#oldestKeptMs(topic);
  }

  #oldestKeptMs(topic: TopicLayout): number {
    return topic.retentionMs === undefined ? -Infinity : this.#options.now() - topic.retentionMs;
  }

  /** Removes the oldest records that are too old or too many. @returns whether there may be more */
  #trimStep(topic: TopicLayout, id: number, transaction: WriteTransaction): boolean {
    const state = transaction.state(id);
    const oldestKeptMs = this.#oldestKeptMs(topic);
    const doomed: Buffer[] = [];
    let next = state.end;
    let bytes = 0;
    const range = { start: recordKey(id, state.start), end: recordKey(id, state.end), limit: STEP_RECORDS + 1 };
    for (const { key, value } of transaction.tables.records.getRange(range)) {
      const isOver = state.bytes - bytes > (topic.retentionBytes ?? Infinity);
      const isKept = !isOver && recordTimeMs(value) >= oldestKeptMs;
      if (isKept || doomed.length === STEP_RECORDS || bytes > STEP_BYTES) {
        next = offsetOfKey(key);
        break;
      }
      bytes += value.length;
      doomed.push(key);
    }
    for (const key of doomed) transaction.remove(id, offsetOfKey(key));
    state.start = next;
    return doomed.length === STEP_RECORDS || bytes > STEP_BYTES;
  }

  /** Removes tombstones that are due, and what the index says of their keys. @returns whether there may be more */
  #dropTombstones(transaction: WriteTransaction): boolean {
    const { tombstones, keys } = transaction.tables;
    const dueMs = this.#options.now() - this.#options.tombstoneMs;
    const end = tombstoneKey({ timeMs: dueMs, id: 0, offset: 0 });
    const due = [...tombstones.getRange({ end, limit: STEP_RECORDS })];
    for (const { key, value: index } of due) {
      const { id, offset } = tombstonePlace(key);
      tombstones.removeSync(key);
      if (keys.get(index)?.readDoubleLE(0) !== offset) continue;
      keys.removeSync(index);
      transaction.remove(id, offset);
    }
    return due.length === STEP_RECORDS;
  }

  async #repeat(step: (transaction: WriteTransaction) => boolean): Promise<void> {
    let more = true;
    while (more && !this.stopped) more = await this.#options.queue.run({ bytes: 0, run: step });
  }
}
