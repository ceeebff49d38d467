import {
  buildRoutes,
  fingerprint,
  GroupTable,
  type Alert,
  type FlushedAlert,
  type Group,
  type Suppression,
} from '@tandem/alerting';
import { notificationDecisionRecord, type NotificationDecision } from '@tandem/records';
import { topicSettings, type LogRecord } from '@tandem/stream';
import { createMetrics, type Metrics } from '@tandem/telemetry';
import { MemoryLog, MemoryLogStorage } from '@tandem/testing';

import { type FlushPassage, type TargetFlush } from '../../src/index.ts';

export const T0 = Date.UTC(2026, 2, 1, 3, 12);
export const TOPIC = 'notifications';
export const PARTITIONS = 3;

/** A log in memory whose append time is told. */
export async function emptyLog(now: () => number = () => T0): Promise<MemoryLog> {
  const log = new MemoryLog(new MemoryLogStorage(now));
  await log.createTopics(topicSettings({ prefix: '', partitions: PARTITIONS }));
  return log;
}

/** Metrics without those of the process. */
export function quietMetrics(): Metrics {
  return createMetrics({ version: 'test', processMetrics: false });
}

/** An alert that has been firing since T0. */
export function alertOf(labels: Readonly<Record<string, string>>): Alert {
  return {
    labels: new Map(Object.entries(labels)),
    annotations: new Map(),
    startsAtMs: T0,
    endsAtMs: T0 + 3_600_000,
    updatedAtMs: T0,
    timeout: false,
    generatorUrl: '',
  };
}

/** A group by `alertname` for the receiver `team`, with these alerts. */
export function groupWith(alerts: readonly Alert[]): {
  readonly group: Group;
  readonly alerts: readonly FlushedAlert[];
} {
  const root = buildRoutes({
    receiver: 'team',
    groupBy: ['alertname'],
    groupWaitMs: 30_000,
    groupIntervalMs: 300_000,
    repeatIntervalMs: 14_400_000,
    matchers: [],
    continue: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    labels: new Map(),
    routes: [],
  });
  const table = new GroupTable(root);
  for (const alert of alerts) table.put(alert, T0);
  const [group] = table.values();
  if (group === undefined) throw new Error('there is no group');
  return { group, alerts: table.alertsAt(group.id, T0) };
}

/** All alerts are left. */
export function nothingSuppressed(alerts: readonly FlushedAlert[]): Suppression {
  return { alerts, inhibited: [], silenced: [], muted: [] };
}

/** A flush of a group to the first webhook of `team`. */
export function flushOf(group: Group, over: Partial<TargetFlush> = {}): TargetFlush {
  const target = { groupKey: group.group.key, receiver: 'team', integration: 'webhook', index: 0 };
  const integration = {
    type: 'webhook',
    index: 0,
    sendResolved: true,
    send: () => Promise.reject(new Error('nothing is sent here')),
  };
  const times = { tickMs: T0, position: 1, waitMs: 5000, deadlineMs: T0 + 305_000 };
  return { group, target, integration, ...times, ...over };
}

/** It began at its tick and took six seconds. */
export function passageOf(suppression: Suppression | undefined, over: Partial<FlushPassage> = {}): FlushPassage {
  return { beganAtMs: T0, endedAtMs: T0 + 6000, suppression, ...over };
}

/** Everything in the topic, in the order of time. */
export async function decisionsIn(log: MemoryLog): Promise<readonly NotificationDecision[]> {
  const records: LogRecord[] = [];
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const { start, end } = await log.bounds(TOPIC, partition);
    for await (const batch of log.read({ topic: TOPIC, partition, from: start, until: end })) {
      records.push(...batch.records);
    }
  }
  return records
    .map((record) => {
      const decoded = notificationDecisionRecord.decode(record);
      if (!decoded.ok) throw new Error(decoded.problem);
      return decoded.value;
    })
    .toSorted((a, b) => a.sequence - b.sequence);
}

const DECISION: NotificationDecision = {
  cluster: 'main',
  instance: 'a',
  writer: 'a-1',
  sequence: 1,
  tickMs: T0,
  beganAtMs: T0,
  decidedAtMs: T0,
  position: 0,
  waitedMs: 0,
  groupKey: '{}:{alertname="Down"}',
  groupLabels: { alertname: 'Down' },
  receiver: 'team',
  integration: 'webhook',
  index: 0,
  outcome: 'sent',
  reason: 'first notification',
  detail: '200 OK',
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
  lastToldAtMs: null,
  claimHolder: 'a',
  failOpen: false,
  attempts: 1,
  answers: [],
  firing: 0,
  resolved: 0,
  suppressed: 0,
  alerts: [],
  alertsCut: 0,
  mutedBy: [],
  repeats: 0,
  lastRepeatMs: null,
};

/** A decision; what is not said is that instance a sent the first notification of a group, of these alerts. */
export function decisionOf(
  over: Partial<NotificationDecision> = {},
  alerts: readonly Readonly<Record<string, string>>[] = [],
): NotificationDecision {
  const decided = alerts.map((labels) => ({
    fingerprint: fingerprint(new Map(Object.entries(labels))),
    labels,
    resolved: false,
    silencedBy: [],
    inhibitedBy: null,
    inhibitRule: null,
  }));
  return { ...DECISION, alerts: decided, firing: alerts.length, ...over };
}
