import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fingerprint, type Suppression } from '@tandem/alerting';
import { LogError } from '@tandem/stream';
import { type MemoryLog, until } from '@tandem/testing';
import { type Metrics } from '@tandem/telemetry';

import { DecisionLog, type DecisionLogOptions } from '../../src/index.ts';
import { VirtualTime } from '../virtual-time.ts';
import {
  alertOf,
  decisionsIn,
  emptyLog,
  flushOf,
  groupWith,
  nothingSuppressed,
  passageOf,
  quietMetrics,
  T0,
  TOPIC,
} from './fixtures.ts';

const SKIPPED = { kind: 'skipped', reason: 'unchanged' } as const;

describe('the decision log', () => {
  let log: MemoryLog;
  let time: VirtualTime;
  let metrics: Metrics;
  const failures: unknown[] = [];
  const { group, alerts } = groupWith([
    alertOf({ alertname: 'Down', n: '1' }),
    alertOf({ alertname: 'Down', n: '2' }),
    alertOf({ alertname: 'Down', n: '3' }),
  ]);
  const left = nothingSuppressed(alerts);
  const flush = flushOf(group);

  const open = (over: Partial<DecisionLogOptions> = {}): DecisionLog =>
    new DecisionLog({
      log,
      topic: TOPIC,
      cluster: 'main',
      instance: 'b',
      writer: 'b-1',
      clock: time.clock(),
      metrics,
      onFailure: (error) => void failures.push(error),
      ...over,
    });
  const settled = (): Promise<void> => time.runUntil(time.nowMs);
  const metric = async (line: string): Promise<string | undefined> =>
    (await metrics.render()).split('\n').find((one) => one.startsWith(line));

  beforeEach(async () => {
    time = new VirtualTime(T0);
    metrics = quietMetrics();
    failures.length = 0;
    log = await emptyLog(() => time.nowMs);
  });
  afterEach(() => log.close());

  it('D1: tells who sent what, when, after which wait, and what the receiver answered', async () => {
    const decisions = open();
    decisions.observer.attempt(flush, { outcome: 'retry', reason: 'serverError', message: '503' }, 1, 20);
    decisions.observer.attempt(flush, { outcome: 'sent', answer: '200 OK' }, 2, 30);
    const sent = {
      kind: 'sent',
      reason: 'first notification',
      attempts: 2,
      answer: '200 OK',
      failOpen: false,
    } as const;
    decisions.observer.ended(flush, { ...sent, alerts }, passageOf(left, { toldAtMs: T0 - 1 }));
    await decisions.stop();
    const [decision, ...others] = await decisionsIn(log);
    expect(others).toEqual([]);
    expect(decision).toMatchObject({
      cluster: 'main',
      instance: 'b',
      writer: 'b-1',
      sequence: 1,
      tickMs: T0,
      beganAtMs: T0,
      decidedAtMs: T0 + 6000,
      position: 1,
      waitedMs: 5000,
      groupKey: '{}:{alertname="Down"}',
      groupLabels: { alertname: 'Down' },
      receiver: 'team',
      integration: 'webhook',
      index: 0,
      outcome: 'sent',
      reason: 'first notification',
      detail: '200 OK',
      lastToldAtMs: T0 - 1,
      claimHolder: 'b',
      failOpen: false,
      attempts: 2,
      firing: 3,
      resolved: 0,
      suppressed: 0,
      alertsCut: 0,
      repeats: 0,
      lastRepeatMs: null,
    });
    expect(decision?.answers.map(({ outcome, durationMs, message }) => [outcome, durationMs, message])).toEqual([
      ['retry', 20, '503'],
      ['sent', 30, '200 OK'],
    ]);
    expect(decision?.alerts.map(({ labels }) => labels['n'])).toEqual(['1', '2', '3']);
  });

  it('D1: tells which silences and which inhibiting alert kept which alerts back, without a wait', async () => {
    const [first, second, third] = alerts;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three alerts');
    const rule = { name: '', source: [], target: [], equal: [] };
    const suppression: Suppression = {
      alerts: [],
      inhibited: [{ alert: second, by: { source: 'ff', rule } }],
      silenced: [
        { alert: first, ids: ['s1', 's2'] },
        { alert: third, ids: ['s1'] },
      ],
      muted: [],
    };
    const decisions = open();
    decisions.observer.suppressed(group, suppression, { tickMs: T0, integrations: 1 });
    await decisions.stop();
    const [decision] = await decisionsIn(log);
    expect(decision).toMatchObject({
      integration: null,
      index: null,
      position: null,
      outcome: 'suppressed',
      reason: 'inhibited and silenced',
      suppressed: 3,
    });
    expect(decision?.alerts).toEqual([
      expect.objectContaining({ fingerprint: fingerprint(second.labels), inhibitedBy: 'ff', inhibitRule: '{}' }),
      expect.objectContaining({ fingerprint: fingerprint(first.labels), silencedBy: ['s1', 's2'], inhibitedBy: null }),
      expect.objectContaining({ fingerprint: fingerprint(third.labels), silencedBy: ['s1'] }),
    ]);
  });

  it('D1: tells time intervals that muted a group, and receivers that have no integration', async () => {
    const muted: Suppression = {
      ...nothingSuppressed([]),
      muted: alerts,
      mutedBy: { reason: 'mute-time', names: ['nights'] },
    };
    const decisions = open();
    decisions.observer.suppressed(group, muted, { tickMs: T0, integrations: 1 });
    decisions.observer.suppressed(group, left, { tickMs: T0, integrations: 0 });
    decisions.observer.suppressed(group, left, { tickMs: T0, integrations: 1 });
    await decisions.stop();
    expect((await decisionsIn(log)).map(({ outcome, reason, mutedBy }) => [outcome, reason, mutedBy])).toEqual([
      ['suppressed', 'muted', ['nights']],
      ['skipped', 'no integrations', []],
    ]);
  });

  it('D1: says that it failed open, and then that nobody had the claim', async () => {
    const decisions = open();
    const failed = { kind: 'failed', attempts: 1, reason: 'clientError', message: 'x'.repeat(900) } as const;
    decisions.observer.ended(flush, { ...failed, failOpen: true }, passageOf(left));
    await decisions.stop();
    const [decision] = await decisionsIn(log);
    expect(decision).toMatchObject({ outcome: 'failed', reason: 'clientError', failOpen: true, claimHolder: null });
    expect(decision?.detail).toHaveLength(500);
  });

  it('D2: cuts alerts and attempts, and says how many', async () => {
    const many = groupWith(Array.from({ length: 100 }, (_, n) => alertOf({ alertname: 'Down', n: `${n}` })));
    const other = flushOf(many.group);
    const decisions = open();
    for (let attempt = 1; attempt <= 30; attempt++) {
      decisions.observer.attempt(other, { outcome: 'retry', reason: 'serverError', message: '503' }, attempt, 1);
    }
    const failed = { kind: 'failed', attempts: 30, reason: 'serverError', message: '503', failOpen: false } as const;
    decisions.observer.ended(other, failed, passageOf(nothingSuppressed(many.alerts)));
    await decisions.stop();
    const [decision] = await decisionsIn(log);
    expect(decision?.alerts).toHaveLength(64);
    expect(decision).toMatchObject({ alertsCut: 36, firing: 100, attempts: 30 });
    expect(decision?.answers.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 24, 25, 26, 27, 28, 29, 30]);
  });

  it('D3: counts a decision that says the same as the one before, and tells of it in the next one', async () => {
    const decisions = open();
    for (let tick = 0; tick < 5; tick++) {
      decisions.observer.ended(flush, SKIPPED, passageOf(left, { endedAtMs: T0 + tick }));
    }
    decisions.observer.ended(flush, SKIPPED, passageOf(nothingSuppressed(alerts.slice(1))));
    decisions.observer.ended(flush, { kind: 'stopped' }, passageOf(undefined));
    decisions.observer.ended(flush, { kind: 'stopped' }, passageOf(undefined));
    await decisions.stop();
    const written = (await decisionsIn(log)).map(({ outcome, repeats, lastRepeatMs }) => [
      outcome,
      repeats,
      lastRepeatMs,
    ]);
    expect(written).toEqual([
      ['skipped', 0, null],
      ['skipped', 4, T0 + 4],
      ['stopped', 0, null],
      ['stopped', 0, null],
    ]);
    expect(await metric('tandem_alerts_decisions_repeated_total')).toBe('tandem_alerts_decisions_repeated_total 4');
    expect(await metric('tandem_alerts_decisions_total{outcome="skipped"}')).toContain(' 6');
  });

  it('D3: writes the same decision again after four hours of it', async () => {
    const decisions = open();
    for (let tick = 0; tick <= 100; tick++) {
      decisions.observer.ended(flush, SKIPPED, passageOf(left, { endedAtMs: T0 + tick * 300_000 }));
    }
    await decisions.stop();
    expect((await decisionsIn(log)).map(({ repeats }) => repeats)).toEqual([0, 47, 47]);
  });

  it('D3: tells of a skip again after a time in which the whole receiver was silenced', async () => {
    const decisions = open();
    const silenced = { ...nothingSuppressed([]), silenced: alerts.map((alert) => ({ alert, ids: ['s'] })) };
    const skip = (): void => decisions.observer.ended(flush, SKIPPED, passageOf(left));
    const silence = (): void => decisions.observer.suppressed(group, silenced, { tickMs: T0, integrations: 1 });
    for (const decide of [skip, skip, silence, silence, skip, skip, silence]) decide();
    await decisions.stop();
    const written = (await decisionsIn(log)).map(({ outcome, repeats }) => [outcome, repeats]);
    expect(written).toEqual([
      ['skipped', 0],
      ['suppressed', 0],
      ['skipped', 1],
      ['suppressed', 1],
    ]);
  });

  it('D5: keeps decisions while the log is away, in their order, and appends them when it is back', async () => {
    log.failWith(new LogError('unavailable', 'the log is away'));
    const decisions = open();
    for (let n = 0; n < 20; n++) decisions.observer.ended(flush, { kind: 'stopped' }, passageOf(left));
    await time.runUntil(T0 + 2500);
    expect([decisions.queued, failures.length]).toEqual([20, 3]);
    log.failWith();
    await time.runUntil(T0 + 4000);
    expect((await decisionsIn(log)).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    expect(await metric('tandem_alerts_decisions_written_total')).toContain(' 20');
  });

  it('D5: drops what has no room, and what is left at its end, and counts both', async () => {
    log.failWith(new LogError('unavailable', 'the log is away'));
    const decisions = open({ maxQueued: 5 });
    for (let n = 0; n < 8; n++) decisions.observer.ended(flush, { kind: 'stopped' }, passageOf(left));
    await settled();
    const stopping = decisions.stop();
    decisions.observer.ended(flush, { kind: 'stopped' }, passageOf(left));
    await time.runUntil(T0 + 3000);
    await stopping;
    const dropped = 'tandem_alerts_decisions_dropped_total';
    expect(await metric(`${dropped}{reason="queue-full"}`)).toBe(`${dropped}{reason="queue-full"} 3`);
    expect(await metric(`${dropped}{reason="stopped"}`)).toBe(`${dropped}{reason="stopped"} 6`);
    expect(await metric('tandem_alerts_decisions_queued')).toBe('tandem_alerts_decisions_queued 0');
  });

  it('D5: drops a record that is too large alone, and nothing beside it', async () => {
    const append = (records: Parameters<MemoryLog['append']>[0]): ReturnType<MemoryLog['append']> => {
      const tooLarge = records.some(({ value }) => (value?.length ?? 0) > 1000);
      return tooLarge ? Promise.reject(new LogError('too-large', 'too large')) : log.append(records);
    };
    const decisions = open({ log: { append, partitions: (topic) => log.partitions(topic) } });
    const large = groupWith([alertOf({ alertname: 'Down', text: 'x'.repeat(1000) })]);
    decisions.observer.ended(flush, { kind: 'stopped' }, passageOf(left));
    decisions.observer.ended(flush, { kind: 'stopped' }, passageOf(nothingSuppressed(large.alerts)));
    decisions.observer.ended(flush, { kind: 'stopped' }, passageOf(left));
    await decisions.stop();
    expect((await decisionsIn(log)).map(({ sequence }) => sequence)).toEqual([1, 3]);
    const dropped = 'tandem_alerts_decisions_dropped_total{reason="too-large"}';
    expect(await metric(dropped)).toBe(`${dropped} 1`);
  });

  it('D5: does not make a flush wait, and has ended within its patience', async () => {
    const never = new Promise<never>(() => undefined);
    const decisions = open({ log: { append: () => never, partitions: () => Promise.resolve(1) } });
    decisions.observer.ended(flush, SKIPPED, passageOf(left));
    const stopped = decisions.stop();
    await time.runUntil(T0 + 2000);
    await until(() => stopped.then(() => true), { what: 'the end', timeoutMs: 1000 });
    expect(decisions.queued).toBe(0);
  });
});
