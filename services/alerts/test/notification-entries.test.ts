import { describe, expect, it } from '@jest/globals';
import { notificationKey, type NotificationEntry, type NotificationTarget } from '@tandem/alerting';
import { alertsKey } from '@tandem/records';
import { LogError, type OutgoingRecord, type Position } from '@tandem/stream';
import { MemoryLog, MemoryLogStorage } from '@tandem/testing';

import { NotificationTopic } from '../src/log/notification-topic.ts';
import { START_MS } from './stage.ts';
import { VirtualTime } from './virtual-time.ts';

const CLAIM = { owner: 'a', id: '1' };
const SMALL = target('{}:{alertname="X"}');
const OTHER = target('{}:{alertname="Y"}');
/** Of so many alerts that no record takes them. */
const MANY = new Set(Array.from({ length: 100_000 }, (_, index) => index.toString(16).padStart(16, '0')));

describe('the notification log (N8)', () => {
  it('goes on where an entry is too large for it: the entry is known here, and told of', async () => {
    const world = new World();
    const log = await world.open();
    await world.done(log.record({ ...entry(SMALL), firing: MANY }, CLAIM));
    expect(world.tooLarge).toEqual([SMALL.groupKey]);
    expect(log.pending).toBe(0);
    expect(log.known(notificationKey(SMALL)).entry?.firing.size).toBe(MANY.size);
    await expect(world.done(log.readToEnd(notificationKey(OTHER), world.signal))).resolves.toEqual({});
  });

  it('appends what waits beside an entry that is too large', async () => {
    const world = new World();
    const log = await world.open();
    world.isAway = true;
    await world.done(log.record({ ...entry(SMALL), firing: MANY }, CLAIM));
    await world.done(log.record(entry(OTHER), { owner: 'a', id: '2' }));
    world.isAway = false;
    const other = await world.open();
    await expect(world.done(log.readToEnd(notificationKey(OTHER), world.signal))).resolves.toMatchObject({
      entry: { timestampMs: START_MS },
    });
    expect(world.tooLarge).toEqual([SMALL.groupKey]);
    const read = await world.done(other.readToEnd(notificationKey(OTHER), world.signal));
    expect(read).toMatchObject({ entry: { target: OTHER } });
  });

  it('passes over a record that is none, and tells of it', async () => {
    const world = new World();
    const log = await world.open();
    await world.put({ key: alertsKey('c', 'claim/%zz/{}'), value: null });
    await world.done(log.record(entry(OTHER), undefined));
    const other = await world.open();
    const read = await world.done(other.readToEnd(notificationKey(OTHER), world.signal));
    expect(read).toMatchObject({ entry: { target: OTHER } });
    expect(world.unreadable).toBe(4);
  });

  it('keeps the newest entry of each target alone while the log is away, and ends the claims of all', async () => {
    const world = new World();
    const log = await world.open();
    await world.done(log.claim(SMALL, CLAIM, 600_000));
    world.isAway = true;
    await world.done(log.record(entry(SMALL), CLAIM));
    for (let count = 1; count < 50; count++) {
      await world.done(log.record({ ...entry(SMALL), timestampMs: START_MS + count }, undefined));
    }
    expect(log.pending).toBe(1);
    world.isAway = false;
    const other = await world.open();
    await world.done(log.readToEnd(notificationKey(SMALL), world.signal));
    const read = await world.done(other.readToEnd(notificationKey(SMALL), world.signal));
    expect(read).toMatchObject({ entry: { timestampMs: START_MS + 49 } });
    expect(read?.claim).toBeUndefined();
  });

  it('tries the log again one append at a time, however many entries wait', async () => {
    const world = new World();
    const log = await world.open();
    world.isAway = true;
    for (let index = 0; index < 20; index++)
      await world.done(log.record(entry(target(`{}:{n="${index}"}`)), undefined));
    world.appends = 0;
    await world.time.runUntil(world.time.nowMs + 10_000);
    expect(world.appends).toBeLessThanOrEqual(10);
  });
});

/** A log that may be away, and who uses it. */
class World {
  readonly time = new VirtualTime(START_MS);
  readonly signal = new AbortController().signal;
  readonly tooLarge: string[] = [];
  isAway = false;
  appends = 0;
  unreadable = 0;
  readonly #storage = new MemoryLogStorage(() => this.time.nowMs);

  constructor() {
    this.#storage.create({ name: 'nflog', partitions: 2, policy: 'compact', maxRecordBytes: 1_000_000 });
  }

  open(): Promise<NotificationTopic> {
    const log = new MemoryLog(this.#storage);
    const opening = NotificationTopic.open({
      reader: log,
      appender: { append: (records) => this.#append(log, records) },
      topic: 'nflog',
      cluster: 'c',
      clock: this.time.clock(),
      patienceMs: 3000,
      retryMs: 1000,
      signal: this.signal,
      onError: () => undefined,
      onUnreadable: () => (this.unreadable += 1),
      onTooLarge: ({ groupKey }) => this.tooLarge.push(groupKey),
    });
    return this.done(opening);
  }

  /** Puts a record into every partition. */
  async put(record: Pick<OutgoingRecord, 'key' | 'value'>): Promise<void> {
    const records = [0, 1].map((partition) => ({ topic: 'nflog', partition, headers: {}, ...record }));
    await this.done(new MemoryLog(this.#storage).append(records));
  }

  /** What comes of something that takes no time. */
  async done<T>(work: Promise<T>): Promise<T> {
    await this.time.runUntil(this.time.nowMs + 10);
    return work;
  }

  async #append(log: MemoryLog, records: readonly OutgoingRecord[]): Promise<readonly Position[]> {
    this.appends += 1;
    if (this.isAway) throw new LogError('unavailable', 'the log is away');
    return log.append(records);
  }
}

function target(groupKey: string): NotificationTarget {
  return { groupKey, receiver: 'team', integration: 'webhook', index: 0 };
}

function entry(of: NotificationTarget): NotificationEntry {
  return {
    target: of,
    timestampMs: START_MS,
    firing: new Set(['0000000000000001']),
    resolved: new Set(),
    receiverData: new Map(),
    expiresAtMs: START_MS + 3_600_000,
  };
}
