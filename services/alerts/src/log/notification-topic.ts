import {
  applyNotification,
  notificationKey,
  type Claim,
  type NotificationEntry,
  type NotificationRecord,
  type NotificationTarget,
  type TargetState,
} from '@tandem/alerting';
import { alertsKey } from '@tandem/records';
import { LogError, partitionOf, type LogRecord, type OutgoingRecord, type RecordAppender } from '@tandem/stream';

import { type AlertsClock } from '../clock.ts';
import { type NotificationLog } from '../notify/notification-log.ts';
import { NotificationCodec } from './notification-codec.ts';
import { inTime } from './patience.ts';
import { TopicTail, type TopicTailOptions } from './topic-tail.ts';
import { type Written } from './written.ts';

/** What the notification log is made of. */
export interface NotificationTopicOptions extends Omit<TopicTailOptions, 'apply'> {
  readonly appender: Pick<RecordAppender, 'append'>;
  readonly clock: AlertsClock;
  /** The alerts cluster: instances of others on the same log are not looked at. */
  readonly cluster: string;
  /** How long the log is waited for, ms. */
  readonly patienceMs: number;
  /** How often what could not be appended is tried again, ms. */
  readonly retryMs: number;
  /** Told of a record that cannot be read. */
  readonly onUnreadable: (record: LogRecord, problem: string) => void;
  /** Told of an entry that is too large for the log: no other instance learns that the target was told. */
  readonly onTooLarge: (target: NotificationTarget) => void;
}

/** What came of an append. */
type Appended = 'appended' | 'away' | 'too-large';

/** How long it is remembered that a target may have been told by somebody who died, ms: long enough for a flush (N9). */
const UNCERTAIN_MS = 3_600_000;

/** Records of one target. */
interface Pending {
  readonly target: NotificationTarget;
  readonly written: readonly Written[];
}

/** The notification log on the topic `nflog` (SPEC.md, N1 to N9). */
export class NotificationTopic implements NotificationLog {
  readonly #options: NotificationTopicOptions;
  readonly #codec: NotificationCodec;
  readonly #states = new Map<string, TargetState>();
  readonly #changes = new Map<string, Set<() => void>>();
  /** What was sent and is not in the log yet, by target: of each the newest entry, and the end of its claim. */
  readonly #pending = new Map<string, Pending>();
  #flushing: Promise<boolean> | undefined;
  #isTryingAgain = false;
  #tail: TopicTail | undefined;

  constructor(options: NotificationTopicOptions) {
    this.#options = options;
    this.#codec = new NotificationCodec(options.cluster);
  }

  /** A notification log that follows its topic. @throws {LogError} where it cannot be asked for */
  static async open(options: NotificationTopicOptions): Promise<NotificationTopic> {
    const log = new NotificationTopic(options);
    await log.follow();
    return log;
  }

  /** Begins to follow the topic: until then it counts as away. @throws {LogError} where it cannot be asked for */
  async follow(): Promise<void> {
    this.#tail ??= await TopicTail.open({ ...this.#options, apply: (record) => this.#apply(record) });
  }

  /** Waits until everything is read that was acknowledged before the call. @throws {LogError} where the log is away */
  async readAllToEnd(signal: AbortSignal): Promise<boolean> {
    return (await this.#tail?.readAllToEnd(signal)) ?? false;
  }

  /** How many targets are known. */
  get size(): number {
    return this.#states.size;
  }

  /** How many entries are not in the log yet. */
  get pending(): number {
    return this.#pending.size;
  }

  known(key: string): TargetState {
    return this.#states.get(key) ?? {};
  }

  async readToEnd(key: string, signal: AbortSignal): Promise<TargetState | undefined> {
    const tail = this.#tail;
    if (tail === undefined || !(await this.#flush())) return undefined;
    const partition = this.#partitionOf(key, tail);
    const read = await this.#inTime((end) => tail.readToEnd(partition, end), signal);
    return read === true ? this.known(key) : undefined;
  }

  async claim(target: NotificationTarget, claim: Omit<Claim, 'untilMs'>, forMs: number): Promise<boolean> {
    return (await this.#append([{ target, written: [this.#codec.claim(target, { ...claim, forMs })] }])) === 'appended';
  }

  async record(entry: NotificationEntry, claim: Omit<Claim, 'untilMs'> | undefined): Promise<void> {
    const { target } = entry;
    const key = notificationKey(target);
    const record = { kind: 'entry', entry, claimId: claim?.id } as const;
    this.#take(key, (state) => applyNotification(state, record, this.#options.clock.now()));
    const [, release] = this.#pending.get(key)?.written ?? [];
    const ending = claim === undefined ? release : this.#codec.release(target, claim.owner);
    const written = [this.#codec.entry(entry, claim?.id), ...(ending === undefined ? [] : [ending])];
    this.#pending.set(key, { target, written });
    if (!(await this.#flush())) void this.#flushLater();
  }

  async release(target: NotificationTarget, claim: Omit<Claim, 'untilMs'>): Promise<void> {
    await this.#append([{ target, written: [this.#codec.release(target, claim.owner)] }]);
  }

  /** Puts entries of another store into the log; those that it knows newer stay (N2). @returns whether the log has them */
  async import(entries: readonly NotificationEntry[]): Promise<boolean> {
    const isNews = (entry: NotificationEntry): boolean => {
      const known = this.known(notificationKey(entry.target)).entry;
      return known === undefined || known.timestampMs < entry.timestampMs;
    };
    const news = entries.filter(isNews);
    const appended = await this.#append(
      news.map((entry) => ({ target: entry.target, written: [this.#codec.entry(entry, undefined)] })),
    );
    return appended === 'appended';
  }

  /**
   * Removes entries that are past their time, and claims of instances that died with them.
   *
   * @returns how many; `undefined` where the log is away
   */
  async collect(nowMs: number): Promise<number | undefined> {
    const tail = this.#tail;
    if (tail === undefined) return undefined;
    const records: OutgoingRecord[] = [];
    for (const [key, { entry, claim }] of this.#states) {
      const at = { topic: this.#options.topic, partition: this.#partitionOf(key, tail) };
      if (entry !== undefined && entry.expiresAtMs <= nowMs) records.push({ ...at, ...this.#codec.forgotten(key) });
      if (claim !== undefined && claim.untilMs + UNCERTAIN_MS <= nowMs) {
        records.push({ ...at, ...this.#codec.releaseOf(key, claim.owner) });
      }
    }
    if (records.length === 0) return 0;
    const { appender, signal } = this.#options;
    const appended = await this.#inTime(() => appender.append(records), signal);
    return appended === undefined ? undefined : records.length;
  }

  changed(key: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#changes.get(key) ?? new Set();
      const wake = (): void => {
        waiting.delete(wake);
        if (waiting.size === 0) this.#changes.delete(key);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      this.#changes.set(key, waiting);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }

  /** Appends what waits. @returns whether the log has all that waited at the call */
  async #flush(): Promise<boolean> {
    // What is under way was begun before the call, and need not have everything.
    if (this.#flushing !== undefined && !(await this.#flushing)) return false;
    if (this.#pending.size === 0) return true;
    this.#flushing ??= this.#flushOnce().finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  async #flushOnce(): Promise<boolean> {
    const batch = [...this.#pending.values()];
    const outcome = await this.#append(batch);
    if (outcome === 'too-large') return this.#flushOneByOne(batch);
    if (outcome === 'appended') for (const one of batch) this.#settled(one);
    return outcome === 'appended';
  }

  /** An entry that is too large for the log must not hold up the others: without it nothing would be read to its end again. */
  async #flushOneByOne(batch: readonly Pending[]): Promise<boolean> {
    for (const one of batch) {
      const outcome = await this.#append([one]);
      if (outcome === 'away') return false;
      this.#settled(one);
      if (outcome === 'appended') continue;
      this.#options.onTooLarge(one.target);
      const [, ...release] = one.written;
      if (release.length > 0) await this.#append([{ ...one, written: release }]);
    }
    return true;
  }

  /** Waits no more, unless something newer of the target has taken its place. */
  #settled(one: Pending): void {
    const key = notificationKey(one.target);
    if (this.#pending.get(key) === one) this.#pending.delete(key);
  }

  async #flushLater(): Promise<void> {
    if (this.#isTryingAgain) return;
    this.#isTryingAgain = true;
    const { clock, retryMs, signal } = this.#options;
    while ((await clock.sleep(retryMs, signal)) && !(await this.#flush()));
    this.#isTryingAgain = false;
  }

  async #append(batch: readonly Pending[]): Promise<Appended> {
    const tail = this.#tail;
    if (tail === undefined) return 'away';
    const records = batch.flatMap((one) => this.#outgoing(one, tail));
    const { appender, signal } = this.#options;
    const appending = (): Promise<Appended> => appender.append(records).then(() => 'appended', refusalOf);
    return (await this.#inTime(appending, signal)) ?? 'away';
  }

  /** Claims go where the entries of their target go: their order is the order of one partition. */
  #outgoing({ target, written }: Pending, tail: TopicTail): readonly OutgoingRecord[] {
    const partition = this.#partitionOf(notificationKey(target), tail);
    return written.map((record) => ({ topic: this.#options.topic, partition, ...record }));
  }

  #inTime<T>(work: (end: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const { clock, patienceMs } = this.#options;
    return inTime(work, { clock, patienceMs, signal });
  }

  #apply(record: LogRecord): void {
    const decoded = this.#codec.decode(record);
    if (decoded === undefined) return;
    if (!decoded.ok) this.#options.onUnreadable(record, decoded.problem);
    else this.#take(decoded.key, (state) => changed(state, decoded.record, record.timestampMs));
  }

  #take(key: string, change: (state: TargetState) => TargetState): void {
    const state = change(this.known(key));
    if (state.entry === undefined && state.claim === undefined) this.#states.delete(key);
    else this.#states.set(key, state);
    for (const wake of this.#changes.get(key) ?? []) wake();
  }

  #partitionOf(key: string, { partitions }: TopicTail): number {
    return partitionOf(alertsKey(this.#options.cluster, key), partitions);
  }
}

/** What an append that was refused comes to. */
function refusalOf(error: unknown): Appended {
  return error instanceof LogError && error.reason === 'too-large' ? 'too-large' : 'away';
}

function changed(state: TargetState, record: NotificationRecord | 'forgotten', appendedAtMs: number): TargetState {
  if (record !== 'forgotten') return applyNotification(state, record, appendedAtMs);
  // An entry that is not past its time was written since whoever forgot the one before it looked.
  const isPast = state.entry === undefined || state.entry.expiresAtMs <= appendedAtMs;
  return isPast ? { claim: state.claim } : state;
}
