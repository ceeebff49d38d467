import { describe, expect, test } from '@jest/globals';
import { isWatermark, settingsRecord, type Settings } from '@tandem/records';
import fc from 'fast-check';

import { type DedupSettings } from '../src/index.ts';
import { type TallyRow } from '../src/ledger/tally.ts';
import { readSettings } from '../src/in-force/decision-settings.ts';

import { ledgerOf } from './ledger.ts';
import {
  emittedByCluster,
  instanceOf,
  recordOf,
  runToEnd,
  SETTINGS,
  TOPICS,
  type Sample,
  type Sent,
} from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { expectedOutput } from './seam-model.ts';
import { SimulatedLog, SimulatedStorage, type Fate } from './simulated-log.ts';

const SERIES = ['s0', 's1', 's2'];

/** One step of the senders. */
const step = fc.record({
  /** Seconds since the step before; now and then a failover timeout, or an hour of nobody. */
  wait: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 8 }) },
    { weight: 3, arbitrary: fc.integer({ min: 9, max: 31 }) },
    fc.constantFrom(95, 400, 3600),
  ),
  replica: fc.constantFrom('a', 'a', 'bb', undefined),
  cluster: fc.constantFrom('c', 'c', 'c', 'd'),
  protocol: fc.constantFrom('1.0' as const, '2.0' as const),
  /** How old the samples are, seconds: mostly new, sometimes a backlog. */
  age: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 5 }) }, fc.constantFrom(60, 300, 4000)),
  series: fc.subarray(SERIES, { minLength: 1 }),
  /** Sends the request so many steps back once more, instead of a new one. */
  again: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined, freq: 3 }),
});

const requests: fc.Arbitrary<readonly Sent[]> = fc.array(step, { minLength: 1, maxLength: 60 }).map((steps) => {
  const sent: Sent[] = [];
  let at = 0;
  for (const { wait, again, age, series, replica, cluster, protocol } of steps) {
    at += wait;
    const earlier = again === undefined ? undefined : sent.at(-again);
    const samples = series.map((name): Sample => [name, at - age]);
    const unpaired = replica === undefined;
    sent.push(
      earlier === undefined ? { at, samples, protocol, ...(unpaired ? {} : { replica, cluster }) } : { ...earlier, at },
    );
  }
  return sent;
});

interface Run {
  readonly batches: readonly number[];
  readonly fates: readonly (readonly [number, Fate])[];
  readonly settings?: DedupSettings;
}

/** Runs instance after instance, each dying at the step its fate says, until everything is committed. */
async function run(sent: readonly Sent[], { batches, fates, settings = SETTINGS }: Run): Promise<SimulatedStorage> {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, sent.map(recordOf));
  for (let life = 0, ended = false; !ended; life++) {
    const [dieAt = Infinity, how = 'lives'] = fates[life] ?? [];
    const log = new SimulatedLog(storage, {
      batchRecords: (n) => batches[n % batches.length] ?? 1,
      fate: (n) => (n === dieAt ? how : 'lives'),
    });
    ended = await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), settings }), log);
  }
  return storage;
}

function sumOf(rows: readonly TallyRow[], column: 'samples' | 'emitted' | 'caughtUp' | 'filled' | 'markers'): number {
  return rows.reduce((sum, row) => sum + row[column], 0);
}

/** Configurations an instance may have. */
const configured: fc.Arbitrary<DedupSettings> = fc
  .record({
    failoverTimeoutMs: fc.constantFrom(22_000, 30_000, 60_000),
    updateTimeoutMs: fc.constantFrom(5000, 15_000),
    // Forgotten twice as late: the longest silences here are longer than the first, some than both.
    idleTimeoutMs: fc.constantFrom(120_000, 1_800_000),
    seamWindowMs: fc.constantFrom(20_000, 120_000),
    replicaLabel: fc.constantFrom('__replica__', '__replica__', 'job'),
    rule: fc.constantFrom('drop' as const, 'pass' as const),
    ofTenant: fc.boolean(),
  })
  .map(({ failoverTimeoutMs, updateTimeoutMs, idleTimeoutMs, seamWindowMs, replicaLabel, rule, ofTenant }) => ({
    ...SETTINGS,
    elections: {
      ...SETTINGS.elections,
      updateTimeoutMs,
      idleTimeoutMs,
      forgetAfterMs: 2 * idleTimeoutMs,
      ...(ofTenant ? {} : { failoverTimeoutMs }),
    },
    overrides: ofTenant ? [{ tenant: 't', settings: { failoverTimeoutMs } }] : [],
    seamWindowMs,
    replicaLabel,
    outOfOrder: { rule, overrides: [] },
  }));

interface SettledLife {
  readonly settings: DedupSettings;
  readonly dieAt: number;
  readonly how: Fate;
  /** Requests that are in the log when it begins. */
  readonly chunk: number;
}

/** Runs instances with configurations of their own one after the other, each with some more of the requests. */
async function runConfigured(
  sent: readonly Sent[],
  batches: readonly number[],
  lives: readonly SettledLife[],
): Promise<SimulatedStorage> {
  const storage = new SimulatedStorage();
  let next = 0;
  const append = (count: number): void => {
    storage.append(TOPICS.samples, 0, sent.slice(next, next + count).map(recordOf));
    next += count;
  };
  for (let life = 0, ended = false; !ended || next < sent.length; life++) {
    const { settings = SETTINGS, dieAt = Infinity, how = 'lives', chunk = Infinity } = lives[life] ?? {};
    append(chunk);
    const log = new SimulatedLog(storage, {
      batchRecords: (n) => batches[n % batches.length] ?? 1,
      fate: (n) => (n === dieAt ? how : 'lives'),
    });
    ended = await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), settings }), log);
  }
  return storage;
}

/** What a partition began with. */
function firstSettings(storage: SimulatedStorage): Settings {
  const [first] = storage.records(TOPICS.commands).map((record) => settingsRecord.decode(record));
  if (first?.ok !== true || first.value.outcome !== 'first') throw new Error('nothing was begun with');
  return first.value;
}

/** Runs the log of another run once more, smoothly, from its beginning, with what that began with. */
async function runAgain(rough: SimulatedStorage): Promise<SimulatedStorage> {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, rough.records(TOPICS.samples));
  const { json, readAtMs } = firstSettings(rough);
  const decisions = readSettings(json);
  if (typeof decisions === 'string') throw new Error(decisions);
  const log = new SimulatedLog(storage, { batchRecords: () => 1000 });
  const settings = { ...SETTINGS, ...decisions };
  const service = instanceOf({ log, leases: new ScriptedLeases(), settings, now: () => readAtMs });
  await runToEnd(storage, service, log);
  return storage;
}

/**
 * What a topic holds by key, in order: without offsets, which the holes between transactions decide, and without
 * watermarks and `high-ts`, which are of the whole partition (S4).
 */
function contents(storage: SimulatedStorage, topic: string): unknown {
  const byKey: Record<string, unknown[]> = {};
  for (const { key, value, headers } of storage.records(topic)) {
    if (isWatermark(headers)) continue;
    const own = Object.entries(headers).filter(([header]) => header !== 'high-ts' && header !== 'watermark');
    const name = Buffer.from(key ?? []).toString('latin1');
    (byKey[name] ??= []).push({ headers: Object.fromEntries(own), value: Buffer.from(value ?? []).toString('base64') });
  }
  return byKey;
}

const batches = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const fates = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.constantFrom<Fate>('dies', 'dies-after')), {
  maxLength: 6,
});

describe('exactly once', () => {
  test('S1, S2: what the elected replicas sent comes out once and in order, seams included, whatever dies when', async () => {
    await fc.assert(
      fc.asyncProperty(requests, batches, fates, async (sent, sizes, deaths) => {
        const storage = await run(sent, { batches: sizes, fates: deaths });
        expect(emittedByCluster(storage)).toEqual(expectedOutput(sent));
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test('S4: outputs and elections are the same bytes, whatever the batches and the crashes', async () => {
    await fc.assert(
      fc.asyncProperty(requests, batches, fates, async (sent, sizes, deaths) => {
        const smooth = await run(sent, { batches: [1000], fates: [] });
        const rough = await run(sent, { batches: sizes, fates: deaths });
        for (const topic of [TOPICS.deduped, TOPICS.elections]) {
          expect(contents(rough, topic)).toEqual(contents(smooth, topic));
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  test('L1, L2: the ledger has every sample once, whatever the batches and the crashes', async () => {
    await fc.assert(
      fc.asyncProperty(requests, batches, fates, async (sent, sizes, deaths) => {
        const smooth = await run(sent, { batches: [1000], fates: [] });
        const rough = await run(sent, { batches: sizes, fates: deaths });
        expect(await ledgerOf(rough)).toEqual(await ledgerOf(smooth));
        const rows = await ledgerOf(rough);
        const samples = sent.reduce((sum, request) => sum + request.samples.length, 0);
        expect(sumOf(rows, 'samples')).toBe(samples);
        const { length: out } = [...emittedByCluster(rough).values()].flat();
        expect(sumOf(rows, 'emitted')).toBe(out);
        const dropped = rows.flatMap((row) => Object.values(row.dropped)).reduce((sum, count) => sum + count, 0);
        expect(out - sumOf(rows, 'caughtUp') - sumOf(rows, 'filled') - sumOf(rows, 'markers') + dropped).toBe(samples);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  }, 60_000);

  test('C6: replaying the log decides the same, whatever configurations its instances had and wherever they died', async () => {
    const life = fc.record({
      settings: configured,
      dieAt: fc.integer({ min: 1, max: 12 }),
      how: fc.constantFrom<Fate>('dies', 'dies-after', 'lives'),
      chunk: fc.integer({ min: 1, max: 30 }),
    });
    const someLives = fc.array(life, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(requests, batches, someLives, async (sent, sizes, lives) => {
        const rough = await runConfigured(sent, sizes, lives);
        const smooth = await runAgain(rough);
        for (const topic of [TOPICS.deduped, TOPICS.elections]) {
          expect(contents(rough, topic)).toEqual(contents(smooth, topic));
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  test('O1, O3, S4: with samples out of order that go on, it is the same bytes too, and nothing comes out twice', async () => {
    const settings: DedupSettings = { ...SETTINGS, outOfOrder: { rule: 'pass', overrides: [] } };
    await fc.assert(
      fc.asyncProperty(requests, batches, fates, async (sent, sizes, deaths) => {
        const smooth = await run(sent, { batches: [1000], fates: [], settings });
        const rough = await run(sent, { batches: sizes, fates: deaths, settings });
        expect(contents(rough, TOPICS.deduped)).toEqual(contents(smooth, TOPICS.deduped));
        for (const samples of emittedByCluster(rough).values()) expect(new Set(samples).size).toBe(samples.length);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
