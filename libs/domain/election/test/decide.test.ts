import { describe, expect, test } from '@jest/globals';

import {
  decide,
  DEFAULT_ELECTION_SETTINGS,
  ElectionTable,
  isElectable,
  obey,
  type ElectedState,
  type RecordInput,
} from '../src/index.ts';

const SETTINGS = DEFAULT_ELECTION_SETTINGS;

function withoutSamples(replica: string, seconds: number): RecordInput {
  const of = { cluster: 'user/c', tenantClusters: () => 0, forgottenEpoch: 0 };
  return { kind: 'record', ...of, replica, timestampMs: seconds * 1000 };
}

function record(replica: string, seconds: number, more: Partial<RecordInput> = {}): RecordInput {
  const empty = withoutSamples(replica, seconds);
  return { ...empty, minTimestampMs: empty.timestampMs - 5000, maxTimestampMs: empty.timestampMs, ...more };
}

function elected(replica: string, seconds: number): ElectedState {
  const decision = decide(undefined, record(replica, seconds), SETTINGS);
  if (decision.state?.kind !== 'elected') throw new Error('nobody was elected');
  return decision.state;
}

describe('decide', () => {
  test('E2: the first record elects its replica, whose interval begins with time itself', () => {
    expect(decide(undefined, record('a', 100), SETTINGS)).toMatchObject({
      verdict: 'accept',
      reason: 'first-seen',
      state: { epoch: 1, replica: 'a', receivedAtMs: 100_000, announcedAtMs: 100_000, fromTimestampMs: null },
      effect: { kind: 'elect', election: { epoch: 1, replica: 'a', electedAtMs: 100_000, fromTimestampMs: null } },
    });
  });

  test('E3: a late record of the elected replica is accepted and stamps receivedAt', () => {
    const decision = decide(elected('a', 100), record('a', 1000), SETTINGS);
    expect(decision).toMatchObject({
      verdict: 'accept',
      reason: 'elected',
      state: { epoch: 1, receivedAtMs: 1_000_000 },
    });
    expect(decision.effect).toEqual({ kind: 'announce' });
  });

  test('E4, E5: the edge is the failover timeout, inclusive', () => {
    const { state } = decide(elected('a', 100), record('b', 115), SETTINGS);
    expect(decide(state, record('b', 129.999), SETTINGS)).toMatchObject({ verdict: 'drop', reason: 'standby' });
    expect(decide(state, record('b', 130), SETTINGS)).toMatchObject({
      verdict: 'accept',
      reason: 'failover',
      state: { epoch: 2, replica: 'b', fromTimestampMs: 125_000 },
      effect: { kind: 'elect', election: { previous: { replica: 'a', receivedAtMs: 100_000 } } },
    });
  });

  test('E13: an interval never begins before the one it follows', () => {
    const heardB = decide(elected('a', 100), record('b', 115), SETTINGS).state;
    const second = decide(heardB, record('b', 130), SETTINGS).state;
    const heardA = decide(second, record('a', 150), SETTINGS).state;
    const third = decide(heardA, record('a', 200, { minTimestampMs: 0 }), SETTINGS);
    expect(third.state).toMatchObject({ epoch: 3, replica: 'a', fromTimestampMs: 125_000 });
  });

  test('E16: a record without samples elects nobody', () => {
    expect(decide(undefined, withoutSamples('a', 100), SETTINGS)).toEqual({
      verdict: 'drop',
      reason: 'no-samples',
      state: undefined,
    });
    expect(decide(elected('a', 100), withoutSamples('b', 500), SETTINGS)).toMatchObject({ reason: 'standby' });
    expect(decide(elected('a', 100), withoutSamples('a', 500), SETTINGS)).toMatchObject({
      verdict: 'accept',
      state: { receivedAtMs: 500_000 },
    });
  });

  test('the standby is remembered with what it last sent', () => {
    const { state } = decide(elected('a', 100), record('b', 101), SETTINGS);
    expect(state).toMatchObject({
      replicas: [
        { replica: 'a', lastRecordMs: 100_000, highTimestampMs: 100_000 },
        { replica: 'b', lastRecordMs: 101_000, highTimestampMs: 101_000 },
      ],
    });
  });

  test('E14: a replica beyond the limit is no event, until another one has been silent for two minutes', () => {
    let state = decide(undefined, record('elected', 100), SETTINGS).state;
    for (let i = 1; i < 16; i++) state = decide(state, record(`r${i}`, 100 + i), SETTINGS).state;
    const refused = decide(state, record('further', 118), SETTINGS);
    expect(refused).toEqual({ verdict: 'drop', reason: 'too-many-replicas', state });
    state = decide(state, record('elected', 220), SETTINGS).state;
    expect(decide(state, record('further', 220.999), SETTINGS).reason).toBe('too-many-replicas');
    const taken = decide(state, record('further', 221), SETTINGS);
    expect(taken).toMatchObject({ verdict: 'drop', reason: 'standby' });
    const names = taken.state?.kind === 'elected' ? taken.state.replicas.map(({ replica }) => replica) : [];
    expect(names).toHaveLength(16);
    expect(names).not.toContain('r1');
  });

  test('E14: a silent replica keeps its place for two failover timeouts, and no longer than the idle timeout', () => {
    for (const [settings, untilMs] of [
      [{ ...SETTINGS, failoverTimeoutMs: 90_000 }, 180_000],
      [{ ...SETTINGS, failoverTimeoutMs: 90_000, idleTimeoutMs: 100_000 }, 100_000],
    ] as const) {
      let state: ReturnType<typeof decide>['state'] = elected('elected', 100);
      for (let i = 1; i < 16; i++) state = decide(state, record(`r${i}`, 100), settings).state;
      state = decide(state, record('elected', 150), settings).state;
      const seconds = 100 + untilMs / 1000;
      expect(decide(state, record('further', seconds - 0.001), settings).reason).toBe('too-many-replicas');
      expect(decide(state, record('further', seconds), settings).reason).toBe('standby');
    }
  });

  test('E14: names that come and go keep no living replica out', () => {
    let state: ReturnType<typeof decide>['state'];
    const reasons = new Set<string>();
    // A replica whose name changes with each restart, every 15 s: two live, and nine names a place's time.
    for (let at = 0; at < 1200; at += 15) {
      for (const replica of ['a', 'b', `pod-${at}`]) {
        const { state: after, reason } = decide(state, record(replica, 100 + at), SETTINGS);
        state = after;
        reasons.add(reason);
      }
    }
    expect(reasons).toEqual(new Set(['first-seen', 'elected', 'standby']));
    expect(state?.kind === 'elected' ? state.replicas.length : 0).toBeLessThanOrEqual(16);
  });

  test('E14: a replica an operator named has its place even in a full cluster', () => {
    let state: ReturnType<typeof decide>['state'] = elected('elected', 100);
    for (let i = 1; i < 16; i++) state = decide(state, record(`r${i}`, 100 + i), SETTINGS).state;
    state = obey(state, { kind: 'failover', replica: 'named' }, 120_000).state;
    const { verdict, state: after } = decide(state, record('named', 121), SETTINGS);
    const names = after?.kind === 'elected' ? after.replicas.map(({ replica }) => replica) : [];
    expect([verdict, names.length, names.includes('named'), names.includes('elected')]).toEqual([
      'accept',
      16,
      true,
      false,
    ]);
  });

  test('a sweep leaves unknown clusters as they are, and vacant ones until they are forgotten', () => {
    const vacant = { kind: 'vacant', epoch: 3, fromTimestampMs: 5, heardAtMs: 1000 } as const;
    const sweptAt = (timestampMs: number, settings = SETTINGS) =>
      decide(vacant, { kind: 'sweep', timestampMs }, settings);
    expect(decide(undefined, { kind: 'sweep', timestampMs: 9e12 }, SETTINGS).state).toBeUndefined();
    const known = { verdict: 'none', reason: 'heard', state: vacant };
    expect(sweptAt(86_400_999)).toEqual(known);
    const forgotten = { verdict: 'none', reason: 'forgotten', state: undefined, effect: { kind: 'forget' } };
    expect(sweptAt(86_401_000)).toEqual(forgotten);
    expect(sweptAt(9e12, { ...SETTINGS, forgetAfterMs: 0 })).toEqual(known);
  });
});

describe('ElectionTable', () => {
  const judged = (replica: string, seconds: number) => ({ ...record(replica, seconds), tenant: 'user' });

  test('E9: the clock does not run backwards', () => {
    const table = new ElectionTable(SETTINGS);
    table.advance(100_000);
    table.judge(judged('a', 100));
    table.advance(90_000);
    expect(table.judge(judged('a', 90)).state).toMatchObject({ receivedAtMs: 100_000 });
    expect(table.nowMs).toBe(100_000);
  });

  test('E18: what was heard after the last announcement is recalled from the records', () => {
    const table = new ElectionTable(SETTINGS);
    table.restore({ tenant: 'user', cluster: 'user/c', state: elected('a', 100) });
    table.recall(judged('a', 109));
    table.recall(judged('b', 110));
    table.recall({ ...judged('b', 110), cluster: 'user/unknown' });
    table.recall(judged('b', 124));
    expect(table.nowMs).toBe(124_000);
    expect(table.get('user/c')).toMatchObject({ replica: 'a', receivedAtMs: 109_000, announcedAtMs: 100_000 });
    table.advance(138_999);
    expect(table.judge(judged('b', 138.999))).toMatchObject({ verdict: 'drop' });
    table.advance(139_000);
    expect(table.judge(judged('b', 139))).toMatchObject({ reason: 'failover' });
  });

  test('E12: clusters in other partitions count', () => {
    const table = new ElectionTable({ ...SETTINGS, maxClusters: 3 }, { clustersElsewhere: () => 2 });
    table.advance(0);
    expect(table.judge(judged('a', 0))).toMatchObject({ verdict: 'accept' });
    expect(table.judge({ ...judged('a', 0), cluster: 'user/d' })).toMatchObject({ reason: 'too-many-clusters' });
    expect(table.occupied('user')).toBe(1);
  });
});

describe('isElectable', () => {
  test('a replica name of more than 2048 bytes is not deduplicated', () => {
    expect([isElectable('a'), isElectable('x'.repeat(2048)), isElectable('x'.repeat(2049))]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isElectable('é'.repeat(1024)), isElectable('é'.repeat(1025))]).toEqual([true, false]);
  });
});
