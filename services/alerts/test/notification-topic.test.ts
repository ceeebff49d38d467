import { describe, expect, it } from '@jest/globals';
import { MemoryLog, MemoryLogStorage } from '@tandem/testing';
import { notificationKey, type NotificationEntry } from '@tandem/alerting';

import { NotificationTopic } from '../src/log/notification-topic.ts';
import { ConductedLog } from './conducted-log.ts';
import { START_MS } from './stage.ts';
import { VirtualTime } from './virtual-time.ts';

const LATENCY_MS = 10;

/** A notification log, and another one that reads what it writes. */
class Pair {
  readonly time = new VirtualTime(START_MS);
  readonly #storage = new MemoryLogStorage(() => this.time.nowMs);
  isReachable = true;

  constructor() {
    this.#storage.create({ name: 'nflog', partitions: 1, policy: 'compact', maxRecordBytes: 1_000_000 });
  }

  async open(): Promise<NotificationTopic> {
    const log = new ConductedLog(new MemoryLog(this.#storage), this.time, {
      reachable: () => this.isReachable,
      latencyMs: () => LATENCY_MS,
    });
    const opening = NotificationTopic.open({
      reader: log,
      appender: log,
      topic: 'nflog',
      cluster: 'main',
      clock: this.time.clock(),
      patienceMs: 3000,
      retryMs: 1000,
      signal: new AbortController().signal,
      onError: () => undefined,
      onUnreadable: () => undefined,
      onTooLarge: () => undefined,
    });
    await this.time.runUntil(this.time.nowMs + 100);
    return opening;
  }

  run(ms: number): Promise<void> {
    return this.time.runUntil(this.time.nowMs + ms);
  }

  entry(alertname: string): NotificationEntry {
    return {
      target: { groupKey: `{}:{alertname="${alertname}"}`, receiver: 'team', integration: 'webhook', index: 0 },
      timestampMs: this.time.nowMs,
      firing: new Set(['0011223344556677']),
      resolved: new Set(),
      receiverData: new Map(),
      expiresAtMs: START_MS + 3_600_000,
    };
  }
}

describe('what was sent', () => {
  it('is appended without being asked for, also where it was sent while an entry before it is on its way', async () => {
    const pair = new Pair();
    const [writer, reader] = [await pair.open(), await pair.open()];
    const entries = ['X', 'Y', 'Z'].map((name) => pair.entry(name));
    const recorded: number[] = [];
    for (const entry of entries) {
      void writer.record(entry, undefined).then(() => recorded.push(pair.time.nowMs - entry.timestampMs));
      await pair.run(LATENCY_MS / 5);
    }
    await pair.run(LATENCY_MS * 4);

    expect(writer.pending).toBe(0);
    expect(entries.map(({ target }) => reader.known(notificationKey(target)).entry !== undefined)).toEqual([
      true,
      true,
      true,
    ]);
    // The first one alone, the others together after it; none counts as recorded before it is.
    expect(recorded).toEqual([LATENCY_MS, 2 * LATENCY_MS, 2 * LATENCY_MS]);
  });

  it('is appended when the log is back, all of it', async () => {
    const pair = new Pair();
    const [writer, reader] = [await pair.open(), await pair.open()];
    pair.isReachable = false;
    const entries = ['X', 'Y'].map((name) => pair.entry(name));
    for (const entry of entries) {
      void writer.record(entry, undefined);
      await pair.run(50);
    }
    await pair.run(5000);
    expect(writer.pending).toBe(2);
    pair.isReachable = true;
    await pair.run(2000);

    expect(writer.pending).toBe(0);
    expect(reader.size).toBe(2);
  });
});
