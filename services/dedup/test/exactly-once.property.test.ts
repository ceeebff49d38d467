import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { emittedByCluster, instanceOf, recordOf, runToEnd, TOPICS, type Sample, type Sent } from './pipeline.ts';
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

/** Runs instance after instance, each dying at the step its fate says, until everything is committed. */
async function run(
  sent: readonly Sent[],
  { batches, fates }: { readonly batches: readonly number[]; readonly fates: readonly (readonly [number, Fate])[] },
): Promise<SimulatedStorage> {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, sent.map(recordOf));
  for (let life = 0, ended = false; !ended; life++) {
    const [dieAt = Infinity, how = 'lives'] = fates[life] ?? [];
    const log = new SimulatedLog(storage, {
      batchRecords: (n) => batches[n % batches.length] ?? 1,
      fate: (n) => (n === dieAt ? how : 'lives'),
    });
    ended = await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases() }), log);
  }
  return storage;
}

/**
 * What a topic holds by key, in order: without offsets, which the holes between transactions decide, and without
 * `high-ts`, which is of the whole partition (S4).
 */
function contents(storage: SimulatedStorage, topic: string): unknown {
  const byKey: Record<string, unknown[]> = {};
  for (const { key, value, headers } of storage.records(topic)) {
    const own = Object.entries(headers).filter(([header]) => header !== 'high-ts');
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
});
