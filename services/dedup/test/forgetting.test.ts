import { describe, expect, test } from '@jest/globals';
import { clusterKey, electionRecord, forgottenRecord } from '@tandem/records';
import { createMetrics, type Metrics } from '@tandem/telemetry';

import { emittedByCluster, instanceOf, recordOf, runToEnd, SETTINGS, TOPICS, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type ClientOptions } from './simulated-log.ts';

const elections = { ...SETTINGS.elections, idleTimeoutMs: 60_000, forgetAfterMs: 180_000 };
const settings = { ...SETTINGS, commitBytes: 400, elections };

const scrape = (replica: string, at: number, cluster = 'c'): Sent => ({
  at: at + 1,
  replica,
  cluster,
  samples: [['s', at]],
});

/** Replica a dies at 50 s and b takes over; both are silent from 100 s on, and only another cluster goes on. */
function silenced(): readonly Sent[] {
  const pair = Array.from({ length: 10 }, (_, i) => [
    ...(i < 5 ? [scrape('a', i * 10)] : []),
    scrape('b', i * 10 + 3),
  ]).flat();
  return [...pair, ...[200, 250, 300, 350].map((at) => scrape('x', at, 'd'))];
}

/** …and comes back. */
const returned = (): readonly Sent[] => [...silenced(), scrape('b', 400), scrape('a', 405), scrape('b', 410)];

const ALL = [0, 10, 20, 30, 40, 53, 63, 73, 83, 93].map((at) => `s@${at}`);

/** Has instances process records, one after the other has died; the last one comes to the end. */
async function consumed(sent: readonly Sent[], lives: readonly ClientOptions[]) {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, sent.map(recordOf));
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  for (const life of lives.slice(0, -1)) await lived(storage, life);
  const service = await lived(storage, lives.at(-1) ?? {}, metrics);
  return { storage, service, rendered: await metrics.render() };
}

async function lived(storage: SimulatedStorage, life: ClientOptions, metrics?: Metrics) {
  const log = new SimulatedLog(storage, life);
  const service = instanceOf({
    log,
    leases: new ScriptedLeases(),
    settings,
    ...(metrics === undefined ? {} : { metrics }),
  });
  expect((await runToEnd(storage, service, log)) || log.dead).toBe(true);
  return service;
}

function newest(storage: SimulatedStorage, key: Uint8Array) {
  return storage.records(TOPICS.clusters).findLast((record) => Buffer.from(key).equals(record.key ?? Buffer.of()));
}

function electionsOf(storage: SimulatedStorage): readonly (readonly [cluster: string, epoch: number])[] {
  return storage.records(TOPICS.elections).flatMap((record) => {
    const decoded = electionRecord.decode(record);
    return decoded.ok ? [[decoded.value.cluster, decoded.value.epoch] as const] : [];
  });
}

function forgottenEpoch(storage: SimulatedStorage): number | undefined {
  const record = storage.records(TOPICS.clusters).findLast(({ headers }) => forgottenRecord.is(headers));
  const decoded = record && forgottenRecord.decode(record);
  return decoded?.ok === true ? decoded.value.epoch : undefined;
}

describe('a cluster that is silent for long', () => {
  test('E29: is known no more: no record, no status, no metric of it', async () => {
    const { storage, rendered } = await consumed(silenced(), [{}]);
    expect(newest(storage, clusterKey('t', 'c'))?.value).toBeNull();
    expect(forgottenEpoch(storage)).toBe(2);
    expect(rendered).toContain('tandem_dedup_clusters_forgotten_total 1');
    expect(rendered).not.toContain('cluster="c"');
    expect(emittedByCluster(storage).get('t/c')).toEqual(ALL);
  });

  test('E30: returns with a later epoch than it ever had', async () => {
    const { storage } = await consumed(returned(), [{}]);
    expect(electionsOf(storage)).toEqual([
      ['c', 1],
      ['c', 2],
      ['d', 1],
      ['c', 3],
    ]);
    expect(emittedByCluster(storage).get('t/c')).toEqual([...ALL, 's@400', 's@410']);
  });

  test('S4, E30: and so it does wherever instances die, also where its seam was not read when it was forgotten', async () => {
    for (let atStep = 0; atStep < 8; atStep++) {
      const dying: ClientOptions = { fate: (n) => (n === atStep ? 'dies-after' : 'lives') };
      for (const batchRecords of [undefined, () => 100]) {
        const life = batchRecords === undefined ? dying : { ...dying, batchRecords };
        const { storage } = await consumed(returned(), [life, dying, {}]);
        expect(electionsOf(storage).at(-1)).toEqual(['c', 3]);
        expect(emittedByCluster(storage).get('t/c')).toEqual([...ALL, 's@400', 's@410']);
        const gone = await consumed(silenced(), [life, dying, {}]);
        expect(newest(gone.storage, clusterKey('t', 'c'))?.value).toBeNull();
        expect(emittedByCluster(gone.storage).get('t/c')).toEqual(ALL);
      }
    }
  });

  test('makes room for others: many clusters that come and go leave what one leaves', async () => {
    const guests = Array.from({ length: 300 }, (_, i) => scrape('a', i * 30, `guest-${i}`));
    const host = [...guests, scrape('a', 9300, 'host'), scrape('a', 9400, 'host'), scrape('a', 9500, 'host')];
    const { storage } = await consumed(host, [{}]);
    const kept = new Map(
      storage.records(TOPICS.clusters).map(({ key, value }) => [Buffer.from(key ?? []).toString(), value]),
    );
    const standing = [...kept].filter(([, value]) => value !== null).map(([key]) => key);
    expect(standing.toSorted()).toEqual(['//forgotten', '//settings', 't/host']);
  });
});
