import { describe, expect, test } from '@jest/globals';
import { clusterRecord, HEADER, isSettings, settingsKey, settingsRecord } from '@tandem/records';

import { type DedupSettings } from '../src/index.ts';
import { settingsDocument } from '../src/in-force/decision-settings.ts';
import { emittedByCluster, instanceOf, recordOf, runToEnd, SETTINGS, T0, TOPICS, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type Appended, type ClientOptions } from './simulated-log.ts';

const FILLED: DedupSettings = { ...SETTINGS, fill: { enabled: true, up: 'leader' } };
const TARGET = '0123456789abcdef';

/** A record of a replica every 15 s; `b` reports a target as down. */
function beat(replica: string, at: number): Appended {
  const record = recordOf({ at, replica, samples: [['x', at - 1]] });
  return replica === 'b' ? { ...record, headers: { ...record.headers, [HEADER.downTargets]: TARGET } } : record;
}

function settingsAt(at: number, settings: DedupSettings): Appended {
  const timestampMs = T0 + at * 1000;
  const offered = { instance: 'x', readAtMs: timestampMs, ...settingsDocument(settings) };
  const onTheWay = { outcome: null, sourcePartition: null, fromOffset: null };
  return { timestampMs, key: settingsKey(), ...settingsRecord.encode({ ...offered, ...onTheWay }) };
}

/** `a` falls silent after a minute, `b` succeeds it; seconds from T0 of that, and of when the first fill was opened. */
async function run(changed: DedupSettings): Promise<readonly [elected: number, filled: number | undefined]> {
  const steps = Array.from({ length: 24 }, (_, i) => i * 15);
  const records = [
    ...steps.filter((at) => at <= 60).map((at) => beat('a', at)),
    ...steps.flatMap((at) => [beat('b', at + 3), beat('c', at + 6)]),
    settingsAt(100, changed),
  ].toSorted((one, other) => one.timestampMs - other.timestampMs);
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, records);
  const log = new SimulatedLog(storage);
  await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), settings: FILLED }), log);
  const states = storage.records(TOPICS.clusters).flatMap((record) => {
    const decoded = isSettings(record.headers) ? undefined : clusterRecord.decode(record);
    return decoded?.ok === true && decoded.value.epoch === 2 ? [decoded.value] : [];
  });
  const seconds = (ms: number): number => (ms - T0) / 1000;
  const open = states.flatMap(({ fills }) => fills).find(({ kind }) => kind === 'open');
  return [seconds(states[0]?.electedAtMs ?? NaN), open && seconds(open.atMs)];
}

describe('a seam that is open while the seam window changes', () => {
  test.each([20_000, 120_000, 250_000])(
    'C6: is over for fills when it is over for itself, by the window of its election (then %i ms)',
    async (seamWindowMs) => {
      const [elected, filled] = await run({ ...FILLED, seamWindowMs });
      expect(elected).toBeLessThan(100);
      expect(filled).toBeGreaterThanOrEqual(elected + 120);
      expect(filled).toBeLessThanOrEqual(elected + 120 + 15);
    },
  );
});

describe('a seam whose end is passed by the clock of another cluster', () => {
  const ofBoth = (at: number): Sent['samples'] => [
    ['x', at],
    ['only-a', at],
  ];
  /** `b` is elected at 74 s, its seam is open for 20 s; the other cluster is at 95 s when `b`’s next record comes, with 92 s. */
  const records: readonly Sent[] = [
    ...[0, 10, 20, 30, 40].map((at): Sent => ({ at: at + 1, replica: 'a', samples: ofBoth(at) })),
    ...[3, 13, 23, 33, 43, 53, 63, 73, 83].map((at): Sent => ({ at: at + 1, replica: 'b', samples: [['x', at]] })),
  ].toSorted((one, other) => one.at - other.at);
  const backwards: readonly Sent[] = [
    { at: 95, replica: 'y', cluster: 'd', samples: [['x', 95]] },
    { at: 92, replica: 'b', samples: [['x', 85]] },
    { at: 104, replica: 'b', samples: [['x', 103]] },
  ];

  test.each([[[]], [[3]], [[9]], [[14]], [[3, 4]]])(
    'E9: is over for itself, too, wherever instances die (%j)',
    async (deaths: readonly number[]) => {
      const storage = new SimulatedStorage();
      storage.append(TOPICS.samples, 0, [...records, ...backwards].map(recordOf));
      const settings = { ...SETTINGS, seamWindowMs: 20_000, commitBytes: 100 };
      const lives = [...deaths.map((at): ClientOptions => ({ fate: (n) => (n === at ? 'dies-after' : 'lives') })), {}];
      for (const life of lives) {
        const log = new SimulatedLog(storage, { ...life, batchRecords: () => 2 });
        await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), settings }), log);
      }
      expect(emittedByCluster(storage).get('t/c')?.slice(-3)).toEqual(['x@85', 'only-a@50', 'x@103']);
    },
  );
});
