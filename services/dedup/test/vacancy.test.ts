import { describe, expect, test } from '@jest/globals';
import { clusterRecord } from '@tandem/records';

import { emittedByCluster, instanceOf, recordOf, runToEnd, SETTINGS, TOPICS, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type ClientOptions } from './simulated-log.ts';

const settings = { ...SETTINGS, commitBytes: 400, elections: { ...SETTINGS.elections, idleTimeoutMs: 60_000 } };

/** a dies at 50 s and b takes over; then both are silent, and only another cluster goes on. */
function silenced(): readonly Sent[] {
  const scrape = (replica: string, at: number): Sent => ({ at: at + 1, replica, samples: [['s', at]] });
  const pair = Array.from({ length: 10 }, (_, i) => [
    ...(i < 5 ? [scrape('a', i * 10)] : []),
    scrape('b', i * 10 + 3),
  ]).flat();
  const others = [200, 210].map((at): Sent => ({ at, replica: 'x', cluster: 'd', samples: [['s', at]] }));
  return [...pair, ...others];
}

/** Has instances process records, one after the other has died; the last one comes to the end. */
async function consumed(sent: readonly Sent[], lives: readonly ClientOptions[]): Promise<SimulatedStorage> {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, sent.map(recordOf));
  for (const life of lives) {
    const log = new SimulatedLog(storage, life);
    const ended = await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), settings }), log);
    expect(ended || log.dead).toBe(true);
  }
  return storage;
}

/** The newest record of a cluster. */
function stored(storage: SimulatedStorage, cluster: string) {
  const records = storage.records(TOPICS.clusters).flatMap((record) => {
    const decoded = clusterRecord.decode(record);
    return decoded.ok && decoded.value.cluster === cluster ? [decoded.value] : [];
  });
  return records.at(-1);
}

test('of what is heard of a cluster before it has a place, nothing is kept', async () => {
  const early: Sent = { at: 0, replica: 'z', samples: [] };
  const first: Sent = { at: 1, replica: 'a', samples: [['s', 1]] };
  const storage = await consumed([early, first], [{}]);
  expect(stored(storage, 'c')?.watch?.replicas.map(({ replica }) => replica)).toEqual(['a']);
});

describe('a cluster that turns vacant before its seam was read', () => {
  const expected = [0, 10, 20, 30, 40, 53, 63, 73, 83, 93].map((at) => `s@${at}`);

  test('comes out to its end, and nothing of it has to be read again', async () => {
    const storage = await consumed(silenced(), [{ batchRecords: () => 100 }]);
    expect(emittedByCluster(storage).get('t/c')).toEqual(expected);
    expect(stored(storage, 'c')).toMatchObject({ replica: null, seams: [] });
  });

  test('S4: and so it does wherever instances die', async () => {
    for (let atStep = 0; atStep < 8; atStep++) {
      const dying: ClientOptions = { fate: (n) => (n === atStep ? 'dies-after' : 'lives') };
      const storage = await consumed(silenced(), [dying, dying, {}]);
      expect(emittedByCluster(storage).get('t/c')).toEqual(expected);
      expect(stored(storage, 'c')).toMatchObject({ replica: null, seams: [] });
    }
  });
});
