import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { alertHash, type NotificationEntry, type SendOutcome, type TargetState } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';
import { type MemoryLog } from '@tandem/testing';

import { DecisionLog, type NotificationLog, type TargetFlush } from '../../src/index.ts';
import { notifyTarget } from '../../src/notify/notify-target.ts';
import { VirtualTime } from '../virtual-time.ts';
import {
  alertOf,
  decisionsIn,
  emptyLog,
  flushOf,
  groupWith,
  nothingSuppressed,
  quietMetrics,
  T0,
  TOPIC,
} from './fixtures.ts';

/** What a flush meets. */
interface Circumstances {
  /** What the notification log says of the target; `away`: it cannot be read. */
  readonly state?: TargetState | 'away';
  /** What comes of each attempt, which takes 100 ms. */
  readonly outcomes?: readonly SendOutcome[];
  readonly stopAfterMs?: number;
}

/** P2: every way to "done" is a decision in the topic, with what the flush has met on its way. */
describe('flushes of one integration', () => {
  let log: MemoryLog;
  let time: VirtualTime;
  const { group, alerts } = groupWith([alertOf({ alertname: 'Down' })]);
  const told: NotificationEntry = {
    target: flushOf(group).target,
    timestampMs: T0 - 60_000,
    firing: new Set(),
    resolved: new Set(),
    receiverData: new Map(),
    expiresAtMs: T0 + 3_600_000,
  };

  beforeEach(async () => {
    time = new VirtualTime(T0);
    log = await emptyLog(() => time.nowMs);
  });
  afterEach(() => log.close());

  function flushMeeting(outcomes: readonly SendOutcome[]): TargetFlush {
    const left = [...outcomes];
    const send = async (): Promise<SendOutcome> => {
      await time.pause(100);
      return left.shift() ?? { outcome: 'sent', answer: '200 OK' };
    };
    return flushOf(group, { integration: { type: 'webhook', index: 0, sendResolved: true, send } });
  }

  async function decided({ state = {}, outcomes = [], stopAfterMs }: Circumstances): Promise<NotificationDecision> {
    let known: TargetState = state === 'away' ? {} : state;
    const notifications: NotificationLog = {
      readToEnd: () => Promise.resolve(state === 'away' ? undefined : known),
      known: () => known,
      claim: (_target, claim, forMs) => {
        known = { ...known, claim: known.claim ?? { ...claim, untilMs: time.nowMs + forMs } };
        return Promise.resolve(true);
      },
      record: () => Promise.resolve(),
      release: () => Promise.resolve(),
      changed: (_key, signal) =>
        time
          .clock()
          .sleep(10_000_000, signal)
          .then(() => undefined),
    };
    const stopping = new AbortController();
    const options = { log, topic: TOPIC, cluster: 'main', instance: 'b', writer: 'b-1', clock: time.clock() };
    const decisions = new DecisionLog({ ...options, metrics: quietMetrics(), onFailure: fail });
    const flush = flushMeeting(outcomes);
    const ended = notifyTarget(flush, {
      log: notifications,
      clock: time.clock(),
      owner: 'b',
      newClaimId: () => 'claim-b',
      random: () => 0.5,
      read: () => nothingSuppressed(alerts),
      observer: decisions.observer,
      retentionMs: 432_000_000,
      stopping: stopping.signal,
      graceMs: 0,
    });
    if (stopAfterMs !== undefined) time.after(stopAfterMs, () => stopping.abort());
    await time.runUntil(T0 + 400_000);
    await ended;
    await decisions.stop();
    const [decision, ...others] = await decisionsIn(log);
    if (decision === undefined || others.length > 0) throw new Error('one decision');
    return decision;
  }

  function fail(error: unknown): never {
    throw error;
  }

  const retry: SendOutcome = { outcome: 'retry', reason: 'serverError', message: '503' };

  it('that is sent after a failed attempt: each attempt, when, and how long it took', async () => {
    const decision = await decided({ state: { entry: told }, outcomes: [retry] });
    expect(decision).toMatchObject({
      outcome: 'sent',
      reason: 'first notification',
      beganAtMs: T0,
      decidedAtMs: T0 + 5700,
      waitedMs: 5000,
      position: 1,
      attempts: 2,
      lastToldAtMs: T0 - 60_000,
      claimHolder: 'b',
      failOpen: false,
      firing: 1,
    });
    expect(decision.answers).toEqual([
      { attempt: 1, atMs: T0 + 5100, durationMs: 100, outcome: 'retry', reason: 'serverError', message: '503' },
      { attempt: 2, atMs: T0 + 5700, durationMs: 100, outcome: 'sent', reason: '', message: '200 OK' },
    ]);
  });

  it('that fails open: nobody has the claim', async () => {
    expect(await decided({ state: 'away' })).toMatchObject({ outcome: 'sent', failOpen: true, claimHolder: null });
  });

  it('that fails for good', async () => {
    const refused: SendOutcome = { outcome: 'failed', reason: 'clientError', message: '400' };
    const failed = { outcome: 'failed', reason: 'clientError', detail: '400', attempts: 1, claimHolder: 'b' };
    expect(await decided({ outcomes: [refused] })).toMatchObject(failed);
  });

  it('that has nothing new to tell: of which alerts, and when it was told', async () => {
    const firing = new Set(alerts.map(({ labels }) => alertHash(labels)));
    const decision = await decided({ state: { entry: { ...told, firing } } });
    expect(decision).toMatchObject({ outcome: 'skipped', reason: 'unchanged', lastToldAtMs: T0 - 60_000 });
    expect(decision.alerts.map(({ labels }) => labels)).toEqual([{ alertname: 'Down' }]);
  });

  it('that is held by another instance until its deadline', async () => {
    const claim = { owner: 'a', id: 'claim-a', untilMs: T0 + 10_000_000 };
    expect(await decided({ state: { claim } })).toMatchObject({
      outcome: 'held',
      claimHolder: 'a',
      decidedAtMs: T0 + 305_000,
      attempts: 0,
    });
  });

  it('that is stopped within its wait: for how long it had waited', async () => {
    expect(await decided({ stopAfterMs: 2000 })).toMatchObject({
      outcome: 'stopped',
      waitedMs: 2000,
      decidedAtMs: T0 + 2000,
      alerts: [],
    });
  });
});
