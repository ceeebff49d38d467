import { describe, expect, test } from '@jest/globals';
import {
  rejectRecord,
  SETTINGS_KIND,
  settingsInForceRecord,
  settingsKey,
  settingsRecord,
  type SettingsInForce,
} from '@tandem/records';
import { type LogRecord } from '@tandem/stream';
import { type LogFields, NO_LOGGER } from '@tandem/telemetry';

import { type DedupService, type DedupSettings } from '../src/index.ts';
import { settingsDocument } from '../src/in-force/decision-settings.ts';
import { emitted, instanceOf, recordOf, runToEnd, SETTINGS, T0, TOPICS, waitFor, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { type Appended, SimulatedLog, SimulatedStorage } from './simulated-log.ts';

const QUICK: DedupSettings = { ...SETTINGS, elections: { ...SETTINGS.elections, failoverTimeoutMs: 22_000 } };
const SLOW: DedupSettings = { ...SETTINGS, elections: { ...SETTINGS.elections, failoverTimeoutMs: 90_000 } };

const of = (replica: string, at: number): Sent => ({ at, replica, samples: [['x', at]] });
/** A standby every 5 s while nobody else is heard. */
const standby = (from: number, to: number): readonly Appended[] =>
  Array.from({ length: (to - from) / 5 }, (_, i) => recordOf(of('b', from + 5 * i)));

/** Settings as they stand in `samples`. */
function settingsAt(at: number, settings: DedupSettings, readAt = at): Appended {
  const { json, hash } = settingsDocument(settings);
  return offered(at, { json, hash, readAtMs: T0 + readAt * 1000 });
}

function offered(
  at: number,
  what: { readonly json: string; readonly hash: string; readonly readAtMs: number },
): Appended {
  const onTheWay = { outcome: null, sourcePartition: null, fromOffset: null };
  return {
    timestampMs: T0 + at * 1000,
    key: settingsKey(),
    ...settingsRecord.encode({ instance: 'x', ...what, ...onTheWay }),
  };
}

function instanceOn(
  storage: SimulatedStorage,
  settings: DedupSettings,
  warnings: LogFields[] = [],
  now?: () => number,
): [DedupService, SimulatedLog] {
  const log = new SimulatedLog(storage);
  const logger = { ...NO_LOGGER, warn: (fields: LogFields) => warnings.push(fields) };
  return [
    instanceOf({ log, leases: new ScriptedLeases(), settings, logger, ...(now === undefined ? {} : { now }) }),
    log,
  ];
}

async function process(
  storage: SimulatedStorage,
  records: readonly Appended[],
  settings: DedupSettings,
): Promise<void> {
  storage.append(TOPICS.samples, 0, records);
  const [service, log] = instanceOn(storage, settings);
  await runToEnd(storage, service, log);
}

function notes(storage: SimulatedStorage): readonly unknown[] {
  return storage.records(TOPICS.commands).map((record) => {
    const decoded = settingsRecord.decode(record);
    if (!decoded.ok) throw new Error(decoded.problem);
    const { hash, outcome, fromOffset } = decoded.value;
    return [hash, outcome, fromOffset];
  });
}

const settingsInSamples = (storage: SimulatedStorage): readonly string[] =>
  storage
    .records(TOPICS.samples)
    .filter(({ headers }) => headers['kind'] === SETTINGS_KIND)
    .map((record) => {
      const decoded = settingsRecord.decode(record);
      return decoded.ok ? decoded.value.hash : decoded.problem;
    });

const isOfSettings = ({ headers }: LogRecord): boolean => headers['kind'] === SETTINGS_KIND;

/** A record of `clusters` that says what is in force. */
function inForce(changes: SettingsInForce['changes']): Appended {
  return { timestampMs: 0, key: settingsKey(), ...settingsInForceRecord.encode({ changes }) };
}

/** What is in force in partition 0, by the newest record of `clusters`. */
function storedHashes(storage: SimulatedStorage): readonly string[] {
  const stored = storage.records(TOPICS.clusters).findLast(isOfSettings);
  const decoded = settingsInForceRecord.decode(stored ?? { value: null, headers: {} });
  return decoded.ok ? decoded.value.changes.map(({ hash }) => hash) : [decoded.problem];
}

const hashOf = (settings: DedupSettings): string => settingsDocument(settings).hash;

describe('settings in force', () => {
  test('C1: a partition without any begins with the configured ones, and says so', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [recordOf(of('a', 0))], QUICK);
    expect(notes(storage)).toEqual([[hashOf(QUICK), 'first', 0]]);
    expect(settingsInSamples(storage)).toEqual([]);
    const stored = storage.records(TOPICS.clusters).find(({ headers }) => headers['kind'] === SETTINGS_KIND);
    const decoded = settingsInForceRecord.decode(stored ?? { value: null, headers: {} });
    expect(decoded).toMatchObject({ value: { changes: [{ fromOffset: 0, ...settingsDocument(QUICK) }] } });
  });

  test('C2: another configuration is put into the log once, and decides nothing before its place', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [recordOf(of('a', 0))], SLOW);
    // 22 s of silence are enough for the quick ones, but they come behind these records.
    await process(storage, standby(5, 50), QUICK);
    expect(emitted(storage)).toEqual(['x@0']);
    await waitFor(() => settingsInSamples(storage).length > 0, 'the settings to be in the log');
    await process(storage, standby(50, 60), QUICK);
    expect(emitted(storage)[0]).toBe('x@0');
    expect(emitted(storage)).toContain('x@55');
    expect(settingsInSamples(storage)).toEqual([hashOf(QUICK)]);
    expect(notes(storage)).toEqual([
      [hashOf(SLOW), 'first', 0],
      [hashOf(QUICK), 'applied', 11],
    ]);
  });

  test('C3: the configuration that was read last stays in force, whoever holds the partition; the other one is told', async () => {
    const storage = new SimulatedStorage();
    const warnings: LogFields[] = [];
    const [early, earlyLog] = instanceOn(storage, SLOW, warnings);
    await process(storage, [recordOf(of('a', 0))], QUICK);
    await runToEnd(storage, early, earlyLog);
    expect(settingsInSamples(storage)).toEqual([]);
    expect(warnings).toContainEqual({ partition: 0, configured: hashOf(SLOW), in_force: hashOf(QUICK), of: 'd1' });
  });

  test('C3: settings in the log that were read earlier than those in force are passed over', async () => {
    const storage = new SimulatedStorage();
    await process(
      storage,
      [recordOf(of('a', 0)), settingsAt(1, SLOW), settingsAt(2, QUICK, 0), ...standby(5, 60)],
      QUICK,
    );
    expect(notes(storage).slice(1)).toEqual([
      [hashOf(SLOW), 'applied', 2],
      [hashOf(QUICK), 'older', null],
    ]);
    expect(emitted(storage)).toEqual(['x@0']);
  });

  test('C3: a clock that is ahead does not keep later settings away', async () => {
    const storage = new SimulatedStorage();
    const records = [recordOf(of('a', 0)), settingsAt(1, SLOW, 1_000_000), settingsAt(2, QUICK, 2)];
    await process(storage, records, QUICK);
    expect(notes(storage).at(-1)).toEqual([hashOf(QUICK), 'applied', 3]);
  });

  test('C3: what is in force and is read again is later than what was read in between, and stays', async () => {
    const storage = new SimulatedStorage();
    await process(
      storage,
      [recordOf(of('a', 0)), settingsAt(1, SLOW, 1), settingsAt(5, SLOW, 5), settingsAt(6, QUICK, 3)],
      QUICK,
    );
    expect(notes(storage).slice(1)).toEqual([
      [hashOf(SLOW), 'applied', 2],
      [hashOf(SLOW), 'renewed', null],
      [hashOf(QUICK), 'older', null],
    ]);
    const stored = storage.records(TOPICS.clusters).findLast(({ headers }) => headers['kind'] === SETTINGS_KIND);
    expect(settingsInForceRecord.decode(stored ?? { value: null, headers: {} })).toMatchObject({
      value: { changes: [{ hash: hashOf(QUICK) }, { hash: hashOf(SLOW), fromOffset: 2, readAtMs: T0 + 5000 }] },
    });
  });

  test('C4: settings that cannot be applied go to rejects, and those of before stay', async () => {
    const storage = new SimulatedStorage();
    const json = JSON.stringify({ ...JSON.parse(settingsDocument(SLOW).json), moon: 'full' });
    const broken = offered(1, { json, hash: 'f'.repeat(16), readAtMs: T0 });
    await process(storage, [recordOf(of('a', 0)), broken, ...standby(5, 40)], QUICK);
    const [reject] = storage.records(TOPICS.rejects).map((record) => rejectRecord.decode(record));
    expect(reject).toMatchObject({ value: { reason: 'bad-settings', detail: expect.stringContaining('moon') } });
    expect(emitted(storage)).toContain('x@35');
  });

  test('C7: a document of a later version is kept, not judged by, and not overwritten by a start', async () => {
    const storage = new SimulatedStorage();
    const json = JSON.stringify({ ...JSON.parse(settingsDocument(SLOW).json), moon: 'full' });
    const later = { json, hash: 'f'.repeat(16), instance: 'later', fromOffset: 1, readAtMs: T0 - 2_000_000 };
    const before = { ...settingsDocument(QUICK), instance: 'd0', fromOffset: 0, readAtMs: 1 };
    storage.append(TOPICS.clusters, 0, [inForce([before, later])]);
    const warnings: LogFields[] = [];
    storage.append(TOPICS.samples, 0, [recordOf(of('a', 0)), ...standby(5, 40)]);
    const [service, log] = instanceOn(storage, SLOW, warnings);
    await runToEnd(storage, service, log);
    expect(settingsInSamples(storage)).toEqual([]);
    expect(emitted(storage)).toContain('x@35');
    expect(warnings).toContainEqual(expect.objectContaining({ problem: expect.stringContaining('moon') }));
    const [reloaded] = instanceOn(storage, SLOW);
    await reloaded.start(new AbortController().signal);
    reloaded.reload(SLOW);
    await waitFor(() => notes(storage).length > 0, 'the reload to be in force');
    await reloaded.stop();
    expect(notes(storage)).toEqual([[hashOf(SLOW), 'applied', 9]]);
    expect(storedHashes(storage)).toEqual([hashOf(QUICK), later.hash, hashOf(SLOW)]);
  });

  test('C7: settings that were written down and cannot be read at all are not overwritten by a start', async () => {
    const storage = new SimulatedStorage();
    storage.append(TOPICS.clusters, 0, [{ ...inForce([]), value: Uint8Array.of(0xff) }]);
    await process(storage, [recordOf(of('a', 0))], QUICK);
    expect([notes(storage), storage.records(TOPICS.clusters).filter(isOfSettings).length]).toEqual([[], 1]);
    expect(emitted(storage)).toEqual(['x@0']);
  });

  test('C8: a reload that is taken back before it is met is taken back', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [recordOf(of('a', 0))], SLOW);
    const [service] = instanceOn(storage, SLOW);
    await service.start(new AbortController().signal);
    await waitFor(() => service.status().partitions.every(({ phase }) => phase === 'running'), 'the partition');
    service.reload(QUICK);
    service.reload(SLOW);
    await waitFor(() => notes(storage).length === 3, 'both to be met');
    await service.stop();
    expect(notes(storage).at(-1)).toEqual([hashOf(SLOW), 'applied', 3]);
    expect(storedHashes(storage).at(-1)).toBe(hashOf(SLOW));
  });

  test('C8: what was on its way when a partition was taken over is answered when it is met', async () => {
    const storage = new SimulatedStorage();
    await process(storage, [recordOf(of('a', 0))], SLOW);
    // Read later than what is in force, and earlier than the configuration of whoever takes the partition over.
    const { json, hash } = settingsDocument(QUICK);
    const onItsWay = offered(1, { json, hash, readAtMs: T0 - 900_000 });
    storage.append(TOPICS.samples, 0, [onItsWay]);
    const [service] = instanceOn(storage, SLOW, [], () => T0 - 800_000);
    await service.start(new AbortController().signal);
    await waitFor(() => notes(storage).length === 3, 'it to be answered');
    await service.stop();
    expect(notes(storage).slice(1)).toEqual([
      [hashOf(QUICK), 'applied', 2],
      [hashOf(SLOW), 'applied', 3],
    ]);
  });

  test('C5: a reload puts the configuration into the log of every partition that is held', async () => {
    const storage = new SimulatedStorage(2);
    const [service] = instanceOn(storage, SLOW);
    await service.start(new AbortController().signal);
    storage.append(TOPICS.samples, 0, [recordOf(of('a', 0))]);
    await waitFor(() => service.status().partitions.every(({ phase }) => phase === 'running'), 'the partitions');
    service.reload(QUICK);
    await waitFor(() => storage.records(TOPICS.samples, 1).length > 0, 'settings in the other partition');
    await waitFor(() => service.status().degraded.length === 0, 'them to be in force');
    await service.stop();
    expect(settingsInSamples(storage)).toEqual([hashOf(QUICK)]);
  });
});
