import { describe, expect, test } from '@jest/globals';

import { ElectionTable, jitterMs } from '../src/index.ts';
import { ClusterLog, settingsOf, type Word } from './cluster-log.ts';

type Step = readonly [seconds: number, name: string, expected: Word, sampleTime?: number];

function expectRun(log: ClusterLog, steps: readonly Step[]): void {
  const seen = steps.map(([seconds, name, , sampleTime]) => log.check(seconds, name, sampleTime));
  expect(seen).toEqual(steps.map(([, , expected]) => expected));
}

/** A cluster whose jitter in its first epoch is a given number of ms. */
function clusterWithJitter(wantedMs: number, maxMs: number): string {
  for (let i = 0; ; i++) if (jitterMs(`user/c${i}`, 1, maxMs) === wantedMs) return `c${i}`;
}

describe('conformance with the HA tracker', () => {
  test('row 8c (7, 8): the standby takes over at the failover timeout, with that very record (E5)', () => {
    const log = new ClusterLog(settingsOf(0.1, 1));
    expectRun(log, [
      [0, 'c/r1', 'ok'],
      [0, 'c/r2', 'dup'],
      [0.5, 'c/r2', 'dup'],
      [0.999, 'c/r2', 'dup'],
      [1.1, 'c/r2', 'ok'],
      [1.1, 'c/r1', 'dup'],
    ]);
    expect(log.elected('c')).toBe('r2@1.1');
  });

  test('row 9: after vacancy any replica is first, without waiting', () => {
    const log = new ClusterLog(settingsOf(0.1, 1, { idleTimeoutMs: 60_000 }));
    expectRun(log, [
      [0, 'c/r1', 'ok'],
      [60, 'other/x', 'ok'],
    ]);
    expect(log.elected('c')).toBe('none');
    expectRun(log, [
      [60.1, 'c/r2', 'ok'],
      [60.1, 'c/r1', 'dup'],
    ]);
  });

  test('row 10: after a restart the elected replica is still elected', () => {
    const settings = settingsOf(15, 30);
    const before = new ClusterLog(settings);
    expectRun(before, [[0, 'c/r1', 'ok']]);
    const restored = new ElectionTable(settings);
    for (const entry of before.table.entries()) restored.restore(entry);
    expectRun(new ClusterLog(settings, restored), [
      [1, 'c/r2', 'dup'],
      [2, 'c/r1', 'ok'],
    ]);
  });

  test('row 12: clusters are judged each for itself (E11)', () => {
    expectRun(new ClusterLog(settingsOf(15, 30)), [
      [0, 'c1/r1', 'ok'],
      [0, 'c2/r1', 'ok'],
      [0, 'c1/r2', 'dup'],
      [0, 'c2/r2', 'dup'],
      [0, 'c1/r1', 'ok'],
      [0, 'c2/r1', 'ok'],
    ]);
  });

  test('row 13: one cluster fails over, the other does not', () => {
    const log = new ClusterLog(settingsOf(0.1, 1));
    expectRun(log, [
      [0, 'c1/r1', 'ok'],
      [0, 'c2/r1', 'ok'],
      [0, 'c1/r2', 'dup'],
      [0, 'c2/r2', 'dup'],
      [0.5, 'c2/r1', 'ok'],
      [0.5, 'c1/r2', 'dup'],
      [0.5, 'c2/r2', 'dup'],
      [1.1, 'c1/r2', 'ok'],
      [1.1, 'c1/r1', 'dup'],
      [1.1, 'c2/r1', 'ok'],
    ]);
  });

  test('row 14c: the announcement moves when it is older than the update timeout', () => {
    const log = new ClusterLog(settingsOf(1, 3));
    const announced = [0, 0, 0.5, 1.1].map((seconds) => {
      log.check(seconds, 'c/r');
      return log.announced('c');
    });
    expect(announced).toEqual([0, 0, 0, 1.1]);
    expect(log.elected('c')).toBe('r@1.1');
  });

  test('row 16: tenants with a cluster of the same name have nothing in common', () => {
    const log = new ClusterLog(settingsOf(1, 3));
    expectRun(log, [
      [0, 'u1/c/r', 'ok'],
      [0, 'u2/c/r', 'ok'],
      [1.1, 'u1/c/r', 'ok'],
    ]);
    expect([log.elected('u1/c'), log.elected('u2/c')]).toEqual(['r@1.1', 'r@0']);
  });

  test.each([
    ['17a', 0, 14, 5],
    ['17b', 0, 15, 15],
    ['17c', 2000, 16, 5],
    ['17d', 2000, 17, 17],
  ])('row %s: with jitter %i ms, heard at 5 and %i s, announced at %i s', (_row, jitter, at, expected) => {
    const cluster = clusterWithJitter(jitter, jitter === 0 ? 0 : 2500);
    const log = new ClusterLog(settingsOf(10, 30, { updateTimeoutJitterMs: jitter === 0 ? 0 : 2500 }));
    expectRun(log, [
      [5, `${cluster}/r`, 'ok'],
      [at, `${cluster}/r`, 'ok'],
    ]);
    expect(log.announced(cluster)).toBe(expected);
  });

  test('row 20: a tenant has its number of clusters, idle ones give their place up (E12, E15)', () => {
    const log = new ClusterLog(settingsOf(1, 3, { maxClusters: 2, idleTimeoutMs: 60_000 }));
    expectRun(log, [
      [0, 'a/a1', 'ok'],
      [0, 'b/b1', 'ok'],
      [0, 'c/c1', 'many'],
      [2, 'b/b2', 'dup'],
      [3.4, 'b/b2', 'dup'],
      [5, 'b/b2', 'ok'],
      [5, 'c/c1', 'many'],
      [61, 'c/c1', 'ok'],
      [61, 'a/a2', 'many'],
      [130, 'a/a1', 'ok'],
    ]);
  });

  test('row 23: a cluster that fell silent is forgotten but for its epoch, and returns with the next one (E7)', () => {
    const log = new ClusterLog(settingsOf(1, 3, { idleTimeoutMs: 60_000 }));
    expectRun(log, [
      [0, 'c/r', 'ok'],
      [70, 'x/x', 'ok'],
    ]);
    expect(log.table.get('user/c')).toEqual({ kind: 'vacant', epoch: 1, fromTimestampMs: null, heardAtMs: 0 });
    expectRun(log, [[71, 'c/r', 'ok']]);
    expect(log.table.get('user/c')).toMatchObject({ kind: 'elected', epoch: 2, fromTimestampMs: 71_000 });
  });

  test('row 24: in one log both trackers see both replicas, and nobody switches', () => {
    const log = new ClusterLog(settingsOf(5, 11));
    expectRun(log, [
      [0, 'c/r1', 'ok'],
      [10, 'c/r1', 'ok'],
      [10, 'c/r2', 'dup'],
      [19, 'c/r1', 'ok'],
      [20, 'c/r2', 'dup'],
    ]);
    expect(log.elected('c')).toBe('r1@19');
  });

  test('row 25: timeouts of a tenant', () => {
    const log = new ClusterLog(settingsOf(5, 10));
    expectRun(log, [
      [0, 'c/r', 'ok'],
      [2, 'c/r', 'ok'],
    ]);
    expect(log.announced('c')).toBe(0);
    expectRun(log, [[7, 'c/r', 'ok']]);
    expect(log.announced('c')).toBe(7);
    expectRun(log, [
      [7, 'c/other', 'dup'],
      [12, 'c/other', 'dup'],
      [17, 'c/other', 'ok'],
    ]);
  });

  test('row 25: a tenant with timeouts of its own, and a cluster of it with others', () => {
    const overrides = [
      { tenant: 'u1', settings: { failoverTimeoutMs: 10_000 } },
      { tenant: 'u1', cluster: 'u1/fast', settings: { failoverTimeoutMs: 4000 } },
    ];
    const settings = settingsOf(1, 30);
    const log = new ClusterLog(settings, new ElectionTable(settings, { overrides }));
    const names = ['u1/fast', 'u1/c', 'u2/fast'];
    for (const name of names) log.check(0, `${name}/a`);
    const tookOverAt = new Map<string, number>();
    for (let second = 1; second <= 40; second++) {
      for (const name of names) {
        if (log.check(second, `${name}/b`) === 'ok' && !tookOverAt.has(name)) tookOverAt.set(name, second);
      }
    }
    expect(Object.fromEntries(tookOverAt)).toEqual({ 'u1/fast': 4, 'u1/c': 10, 'u2/fast': 30 });
  });

  test('row 26: with a failover sample timeout the standby must also be that far in sample time', () => {
    const log = new ClusterLog(settingsOf(15, 30, { failoverSampleTimeoutMs: 30_000 }));
    expectRun(log, [
      [0, 'c/r1', 'ok', -20],
      [30, 'c/r2', 'dup', 10],
      [50, 'c/r2', 'ok', 30],
    ]);
    expect(log.elected('c')).toBe('r2@50');
  });

  test('row 27: without it, the append time alone counts', () => {
    expectRun(new ClusterLog(settingsOf(15, 30)), [
      [0, 'c/r1', 'ok', -20],
      [15, 'c/r2', 'dup', -5],
      [30, 'c/r2', 'ok', 10],
    ]);
  });

  test('row 28d: a limit of one cluster', () => {
    expectRun(new ClusterLog(settingsOf(15, 30, { maxClusters: 1 })), [
      [0, 'c1/r1', 'ok'],
      [0, 'c1/r2', 'dup'],
      [0, 'c2/r1', 'many'],
      [0, 'c2/r2', 'many'],
    ]);
  });

  test('row x1: both alive in the log, however late it is read: no election', () => {
    const log = new ClusterLog(settingsOf(15, 30));
    for (let second = 0; second < 600; second += 5) {
      expect([log.check(second, 'c/a'), log.check(second + 1, 'c/b')]).toEqual(['ok', 'dup']);
    }
    expect(log.table.get('user/c')).toMatchObject({ epoch: 1, replica: 'a' });
  });

  test('row x2: a pause of all replicas is nobody’s death, whoever returns first', () => {
    const log = new ClusterLog(settingsOf(15, 30));
    expectRun(log, [
      [0, 'c/a', 'ok'],
      [1, 'c/b', 'dup'],
      [61, 'c/b', 'dup'],
      [62, 'c/a', 'ok'],
      [662, 'c/b', 'dup'],
      [663, 'c/b', 'dup'],
      [664, 'c/a', 'ok'],
    ]);
    expect(log.table.get('user/c')).toMatchObject({ epoch: 1, replica: 'a' });
  });

  test('row x2: one that does not return after a pause is succeeded half a failover timeout later', () => {
    expectRun(new ClusterLog(settingsOf(15, 30)), [
      [0, 'c/a', 'ok'],
      [600, 'c/b', 'dup'],
      [614.999, 'c/b', 'dup'],
      [615, 'c/b', 'ok'],
    ]);
  });
});
