import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { alertHash, decideNotification, notificationKey, type NotificationEntry, type Silence } from '@tandem/alerting';
import { NO_LOGGER } from '@tandem/telemetry';
import { tempDir } from '@tandem/testing';

import { type ImportTopic } from '../../src/index.ts';
import { appendSnapshots, type Snapshots } from '../../src/import/append-snapshots.ts';
import { SnapshotDirectory } from '../../src/import/snapshot-directory.ts';
import { snapshotImport } from '../../src/import/snapshot-import.ts';
import { quietMetrics } from '../decisions/fixtures.ts';

const FIXTURES = new URL('../../../../libs/codec/alertmanager-snapshot/test/fixtures/', import.meta.url);
const HOUR_MS = 3_600_000;
/** A minute after the snapshots of 0.34 were written. */
const NOW_MS = Date.UTC(2026, 10, 22, 2, 14);

const folder = tempDir('snapshots');
afterAll(() => folder.remove());
const at = (file: string): string => path.join(folder.path, file);

beforeEach(() => {
  rmSync(at('tandem-imported.json'), { force: true });
  for (const file of ['silences', 'nflog']) copyFileSync(new URL(`v034-${file}.bin`, FIXTURES), at(file));
});

/** A topic that remembers what it took. */
class Taken<T> implements ImportTopic<T> {
  readonly records: T[] = [];
  readonly batches: number[] = [];
  isAway = false;

  import(records: readonly T[]): Promise<boolean> {
    if (this.isAway) return Promise.resolve(false);
    this.records.push(...records);
    this.batches.push(records.length);
    return Promise.resolve(true);
  }
}

async function readNow(): Promise<Snapshots> {
  const snapshots = await new SnapshotDirectory(folder.path).read();
  if (snapshots === undefined) throw new Error('there are no snapshots');
  return snapshots;
}

async function imported(snapshots: Snapshots, nowMs = NOW_MS) {
  const [silences, nflog, metrics] = [new Taken<Silence>(), new Taken<NotificationEntry>(), quietMetrics()];
  const done = await appendSnapshots(snapshots, { silences, nflog, nowMs, retentionMs: 120 * HOUR_MS, metrics });
  return { done, silences, nflog, text: await metrics.render() };
}

describe('moving over from Alertmanager', () => {
  it('I2: sends nothing again that was sent: the same alerts are unchanged for every target', async () => {
    const { nflog } = await imported(await readNow());
    const [firing, resolved] = ['1', '2'].map(
      (i) => new Set([alertHash(new Map(Object.entries({ alertname: 'A', i })))]),
    );
    const flush = { sendResolved: true, repeatIntervalMs: 100 * HOUR_MS, nowMs: NOW_MS };
    const target = { groupKey: '{}:{alertname="A"}', receiver: 'team-a.b', integration: 'webhook', index: 0 };
    const entry = nflog.records.find((one) => notificationKey(one.target) === notificationKey(target));
    const nothing: ReadonlySet<string> = new Set();
    const now = { ...flush, firing: firing ?? nothing, resolved: resolved ?? nothing };
    expect(decideNotification(entry, now)).toEqual({ send: false, reason: 'unchanged' });
    expect(decideNotification(undefined, now)).toEqual({ send: true, reason: 'first notification' });
  });

  it('I4: keeps silences, and leaves out what is past its time, counted', async () => {
    const first = await imported(await readNow());
    expect(first.done).toBe(true);
    expect(first.silences.records).toHaveLength(3);
    expect(first.text).toContain('tandem_alerts_imported_records_total{file="nflog",outcome="taken"} 4');
    const later = await imported(await readNow(), NOW_MS + 121 * HOUR_MS);
    expect(later.silences.records.map(({ comment }) => comment).toSorted()).toEqual(['', 'first "one"']);
    expect(later.nflog.records).toEqual([]);
    expect(later.text).toContain('tandem_alerts_imported_records_total{file="silences",outcome="expired"} 1');
    expect(later.text).toContain('tandem_alerts_imported_records_total{file="nflog",outcome="expired"} 4');
  });

  it('appends many in several batches, and is not done while the log is away', async () => {
    const { entries } = await readNow();
    const many = Array.from({ length: 300 }, () => entries).flat();
    const { nflog } = await imported({ silences: [], entries: many });
    expect(nflog.batches).toEqual([500, 500, 200]);
    nflog.isAway = true;
    const options = { silences: new Taken<Silence>(), nflog, nowMs: NOW_MS, retentionMs: 0, metrics: quietMetrics() };
    await expect(appendSnapshots({ silences: [], entries }, options)).resolves.toBe(false);
  });
});

describe('an import', () => {
  const options = { directory: folder.path, retentionMs: 120 * HOUR_MS, logger: NO_LOGGER, metrics: quietMetrics() };

  it('I3: is made once', async () => {
    const topics = { silences: new Taken<Silence>(), nflog: new Taken<NotificationEntry>(), nowMs: NOW_MS };
    const run = await snapshotImport(options);
    await run?.(topics);
    expect([topics.silences.records.length, topics.nflog.records.length]).toEqual([3, 4]);
    await expect(snapshotImport(options)).resolves.toBeUndefined();
  });

  it('that the log does not take is made at the next start', async () => {
    const away = new Taken<NotificationEntry>();
    away.isAway = true;
    const run = await snapshotImport(options);
    await expect(run?.({ silences: new Taken<Silence>(), nflog: away, nowMs: NOW_MS })).rejects.toThrow(
      'the log is away',
    );
    await expect(snapshotImport(options)).resolves.toBeDefined();
  });
});

describe('a storage directory', () => {
  it('I3: is read once: not again when the log has it, until a file changes', async () => {
    const directory = new SnapshotDirectory(folder.path);
    await expect(directory.read()).resolves.toBeDefined();
    await expect(new SnapshotDirectory(folder.path).read()).resolves.toBeDefined();
    await directory.markImported();
    await expect(new SnapshotDirectory(folder.path).read()).resolves.toBeUndefined();
    copyFileSync(new URL('v025-nflog.bin', FIXTURES), at('nflog'));
    const snapshots = await readNow();
    expect(snapshots.entries).toHaveLength(2);
  });

  it('may have one of the files, none, or not be there', async () => {
    rmSync(at('nflog'));
    await expect(readNow()).resolves.toMatchObject({ entries: [] });
    rmSync(at('silences'));
    await expect(new SnapshotDirectory(folder.path).read()).resolves.toBeUndefined();
    await expect(new SnapshotDirectory(at('missing')).read()).resolves.toBeUndefined();
  });

  it('with a file that cannot be read is refused, with the place', async () => {
    writeFileSync(at('nflog'), readFileSync(at('nflog')).subarray(0, 100));
    await expect(new SnapshotDirectory(folder.path).read()).rejects.toMatchObject({
      code: 'TANDEM_ALERTS_SNAPSHOT',
      message: expect.stringMatching(/^cannot read the snapshot ".*nflog": record 2, at byte \d+: it ends too early$/u),
    });
    writeFileSync(at('tandem-imported.json'), '{');
    await expect(new SnapshotDirectory(folder.path).read()).rejects.toMatchObject({ code: 'TANDEM_ALERTS_SNAPSHOT' });
  });
});
