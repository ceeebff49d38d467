import {
  applyNotification,
  notificationKey,
  type NotificationEntry,
  type NotificationRecord,
  type TargetState,
} from '@tandem/alerting';

import { type NotificationLog } from '../src/index.ts';
import { type VirtualTime } from './virtual-clock.ts';

interface Stored {
  readonly key: string;
  readonly record: NotificationRecord;
  readonly atMs: number;
}

/** The topic `nflog` of a simulation: one order of records, appended at the times of one clock. */
export class SimulatedTopic {
  readonly records: Stored[] = [];
  readonly #followers = new Set<() => void>();
  readonly time: VirtualTime;

  constructor(time: VirtualTime) {
    this.time = time;
  }

  append(key: string, record: NotificationRecord): void {
    this.records.push({ key, record, atMs: this.time.nowMs });
    for (const follow of this.#followers) follow();
  }

  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}

/** How an instance gets on with the log. */
export interface LogConduct {
  /** Whether the log can be reached now. */
  readonly reachable: () => boolean;
  /** How long an append and a read take, ms. */
  readonly latencyMs: () => number;
}

/** How long the end of the log is waited for, ms. */
const BARRIER_TIMEOUT_MS = 3000;
const LOOK_AGAIN_MS = 200;

/** The notification log as one instance sees it. Contract of the port, on a simulated topic. */
export class SimulatedNotificationLog implements NotificationLog {
  readonly #topic: SimulatedTopic;
  readonly #conduct: LogConduct;
  readonly #states = new Map<string, TargetState>();
  /** Entries that are not in the topic yet. */
  #kept: { readonly key: string; readonly record: NotificationRecord }[] = [];
  #position = 0;

  constructor(topic: SimulatedTopic, conduct: LogConduct) {
    this.#topic = topic;
    this.#conduct = conduct;
  }

  known(key: string): TargetState {
    return this.#states.get(key) ?? {};
  }

  async readToEnd(key: string, signal: AbortSignal): Promise<TargetState | undefined> {
    const { time } = this.#topic;
    const giveUpMs = time.nowMs + BARRIER_TIMEOUT_MS;
    while (!this.#conduct.reachable()) {
      if (time.nowMs >= giveUpMs || signal.aborted) return undefined;
      await time.pause(LOOK_AGAIN_MS);
    }
    const end = this.#topic.records.length;
    await time.pause(this.#conduct.latencyMs());
    this.#apply(end);
    return this.known(key);
  }

  async claim(key: string, claim: { readonly owner: string; readonly id: string }, forMs: number): Promise<boolean> {
    if (!(await this.#reach())) return false;
    const untilMs = this.#topic.time.nowMs + forMs;
    this.#topic.append(key, { kind: 'claim', claim: { ...claim, untilMs }, entry: this.known(key).entry });
    return true;
  }

  async record(entry: NotificationEntry, claimId: string | undefined): Promise<void> {
    const key = notificationKey(entry.target);
    const record: NotificationRecord = { kind: 'entry', entry, claimId };
    this.#take(key, record);
    this.#kept.push({ key, record });
    if (!(await this.#reach())) this.#tryLater();
  }

  #tryLater(): void {
    this.#topic.time.after(LOOK_AGAIN_MS, () => {
      if (this.#conduct.reachable()) this.#flush();
      else this.#tryLater();
    });
  }

  async release(key: string, claimId: string): Promise<void> {
    if (await this.#reach()) this.#topic.append(key, { kind: 'release', claimId, entry: this.known(key).entry });
  }

  changed(key: string, signal: AbortSignal): Promise<void> {
    const before = this.known(key);
    return new Promise((resolve) => {
      const unfollow = this.#topic.follow(() => {
        this.#topic.time.after(this.#conduct.latencyMs(), () => {
          if (this.#conduct.reachable()) this.#apply(this.#topic.records.length);
          if (this.known(key) !== before) end();
        });
      });
      const end = (): void => {
        unfollow();
        signal.removeEventListener('abort', end);
        resolve();
      };
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    });
  }

  async #reach(): Promise<boolean> {
    await this.#topic.time.pause(this.#conduct.latencyMs());
    if (!this.#conduct.reachable()) return false;
    this.#flush();
    return true;
  }

  #flush(): void {
    for (const { key, record } of this.#kept) this.#topic.append(key, record);
    this.#kept = [];
  }

  #apply(end: number): void {
    for (; this.#position < end; this.#position++) {
      const stored = this.#topic.records[this.#position];
      if (stored !== undefined) this.#take(stored.key, stored.record, stored.atMs);
    }
  }

  #take(key: string, record: NotificationRecord, atMs = this.#topic.time.nowMs): void {
    this.#states.set(key, applyNotification(this.known(key), record, atMs));
  }
}
