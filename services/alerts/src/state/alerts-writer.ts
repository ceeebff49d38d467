import { partitionOf, type OutgoingRecord, type Position, type RecordAppender } from '@tandem/stream';

import { type AlertsClock } from '../clock.ts';
import { type AlertCodec } from '../log/alert-codec.ts';
import { inTime } from '../log/patience.ts';
import { type TopicTail } from '../log/topic-tail.ts';
import { type Written } from '../log/written.ts';
import { type AlertsState } from './alerts-state.ts';
import { writtenAlerts } from './written-alerts.ts';

/** What the writer needs. */
export interface AlertsWriterOptions {
  readonly state: Pick<AlertsState, 'outbox' | 'alerts'>;
  readonly codec: AlertCodec;
  readonly appender: Pick<RecordAppender, 'append'>;
  readonly topic: string;
  /** What follows the topic, as soon as the log can be asked for it; `undefined`: it was given up. */
  readonly tail: () => Promise<TopicTail | undefined>;
  readonly clock: AlertsClock;
  /** How long the log is waited for, ms. */
  readonly patienceMs: number;
  /** How often what could not be appended is tried again, ms. */
  readonly retryMs: number;
  readonly signal: AbortSignal;
  /** Told of an append that failed. */
  readonly onError: (error: unknown) => void;
}

/** Most records of one append. */
const MAX_RECORDS = 5000;

/** Appends what an instance has to say of alerts: one append at a time, of everything that has come meanwhile. */
export class AlertsWriter {
  readonly #options: AlertsWriterOptions;
  #current: Promise<boolean> | undefined;
  #next: Promise<boolean> | undefined;
  #isAway = false;

  constructor(options: AlertsWriterOptions) {
    this.#options = options;
  }

  /** Whether the log was away when it was last tried. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /**
   * Appends what waits. Never rejects.
   *
   * @returns true: the log has all that waited at the call, and it was read back; false: it is kept, because the log is away
   */
  flush(): Promise<boolean> {
    if (this.#isAway) return Promise.resolve(false);
    if (this.#current === undefined) return this.#begin();
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      return this.#isAway ? false : this.#begin();
    });
    return this.#next;
  }

  #begin(): Promise<boolean> {
    this.#current = this.#once().finally(() => (this.#current = undefined));
    return this.#current;
  }

  async #once(): Promise<boolean> {
    const appending = this.#append();
    const positions = await inTime(() => appending, this.#options);
    if (positions === undefined) {
      this.#isAway = true;
      void this.#comeBack(appending);
      return false;
    }
    await inTime((signal) => this.#readBack(positions, signal), this.#options);
    return true;
  }

  /** What is under way may still come to the log: nothing is appended beside it. */
  async #comeBack(appending: Promise<readonly Position[] | undefined>): Promise<void> {
    const { clock, retryMs, signal } = this.#options;
    let isBack = (await appending) !== undefined;
    while (!isBack && (await clock.sleep(retryMs, signal))) isBack = (await this.#append()) !== undefined;
    this.#isAway = false;
    if (isBack && this.#options.state.outbox.size > 0) void this.flush();
  }

  /** Never rejects; `undefined`: it failed, and what was to be appended waits again. */
  async #append(): Promise<readonly Position[] | undefined> {
    const tail = await this.#options.tail();
    if (tail === undefined) return undefined;
    const { state, codec, clock } = this.#options;
    const outgoing = state.outbox.take();
    const records = [...writtenAlerts(outgoing, { codec, alerts: state.alerts, nowMs: clock.now() })].map((written) =>
      this.#outgoing(written, tail),
    );
    const positions: Position[] = [];
    try {
      for (let from = 0; from < records.length; from += MAX_RECORDS) {
        positions.push(...(await this.#options.appender.append(records.slice(from, from + MAX_RECORDS))));
      }
      return positions;
    } catch (error) {
      state.outbox.putBack(outgoing);
      this.#options.onError(error);
      return undefined;
    }
  }

  async #readBack(positions: readonly Position[], signal: AbortSignal): Promise<void> {
    const tail = await this.#options.tail();
    const ends = new Map<number, number>();
    for (const { partition, offset } of positions) ends.set(partition, Math.max(ends.get(partition) ?? 0, offset + 1));
    if (tail !== undefined) {
      await Promise.all([...ends].map(([partition, end]) => tail.readTo(partition, end, signal)));
    }
  }

  #outgoing(written: Written, { partitions }: TopicTail): OutgoingRecord {
    const partition = partitionOf(written.key ?? new Uint8Array(), partitions);
    return { topic: this.#options.topic, partition, ...written };
  }
}
