import { type Matcher } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';
import { type RecordReader } from '@tandem/stream';

import { readAlerts, type AlertInLog } from './alerts-in-log.ts';
import { targetOf } from './decision-table.ts';
import { inOrder, readDecisions } from './read-decisions.ts';

/** What `tandem nflog why` was asked. */
export interface WhyQuery {
  /** The alerts that are asked about: one alert fulfils all. */
  readonly matchers: readonly Matcher[];
  /** Unix ms. */
  readonly timeMs: number;
  /** How far around it decisions are shown, ms. */
  readonly windowMs: number;
  readonly cluster: string | undefined;
}

/** The names of the topics that are read. */
export interface WhyTopics {
  readonly notifications: string;
  readonly alerts: string;
}

/** What was decided for one integration of a group's receiver, around a time. */
export interface TargetWhy {
  /** `receiver/integration/index`, or the receiver. */
  readonly target: string;
  readonly groupKey: string;
  /** The last decision of each instance before the time, the newest first: what held then. */
  readonly before: readonly NotificationDecision[];
  /** Decisions in the window, the oldest first. */
  readonly around: readonly NotificationDecision[];
  /** The first decision behind the time. */
  readonly next: NotificationDecision | undefined;
  /** Ticks next to the time, as far as they can be counted from decisions, Unix ms. */
  readonly ticks: { readonly beforeMs: number; readonly afterMs: number };
}

/** Why somebody was, or was not, told. */
export interface Why {
  readonly targets: readonly TargetWhy[];
  /** Instances that decided anything in the window, of whatever group, and how often. */
  readonly active: ReadonlyMap<string, number>;
  /** Alerts that match, as they stand now; read where nothing was decided. */
  readonly alerts: readonly AlertInLog[];
  readonly unreadable: number;
}

/** Decisions that repeat are written every four hours; with room for late ones. */
const STANDING_MS = 5 * 3_600_000;
const EVERYTHING = 1_000_000;

/** Reads what was decided around a time about alerts, and what else may say why nothing was. */
export async function findWhy(reader: RecordReader, topics: WhyTopics, query: WhyQuery): Promise<Why> {
  const { timeMs, windowMs, cluster, matchers } = query;
  const filter = { sinceMs: timeMs - Math.max(STANDING_MS, windowMs), untilMs: timeMs + windowMs + 1 };
  const active = new Map<string, number>();
  const read = await readDecisions(reader, topics.notifications, {
    filter: { ...filter, alert: matchers },
    cluster,
    limit: EVERYTHING,
  });
  const targets = [...groupedBy(read.decisions, receiverOf).values()].flatMap((decisions) =>
    ofTargets(decisions).map((own) => targetWhy(own, query)),
  );
  if (targets.length > 0) return { targets, active, alerts: [], unreadable: read.unreadable };
  const others = await readDecisions(reader, topics.notifications, {
    filter: { ...filter, sinceMs: timeMs - windowMs },
    cluster,
    limit: EVERYTHING,
  });
  for (const { instance } of others.decisions) active.set(instance, (active.get(instance) ?? 0) + 1);
  const alerts = await readAlerts(reader, topics.alerts, matchers);
  return { targets, active, alerts, unreadable: read.unreadable };
}

function receiverOf({ cluster, groupKey, receiver }: NotificationDecision): string {
  return JSON.stringify([cluster, groupKey, receiver]);
}

/** The decisions of each integration of a receiver; what was decided for all of them is among those of each. */
function ofTargets(decisions: readonly NotificationDecision[]): readonly (readonly NotificationDecision[])[] {
  const whole = decisions.filter(({ integration }) => integration === null);
  const own = groupedBy(
    decisions.filter(({ integration }) => integration !== null),
    targetOf,
  );
  if (own.size === 0) return [whole];
  return [...own.values()].map((some) => [...whole, ...some].toSorted(inOrder));
}

function targetWhy(decisions: readonly NotificationDecision[], { timeMs, windowMs }: WhyQuery): TargetWhy {
  const until = decisions.filter(({ decidedAtMs }) => decidedAtMs <= timeMs);
  const lastOfEach = groupedBy(until, ({ instance }) => instance);
  const before = [...lastOfEach.values()].flatMap((own) => own.at(-1) ?? []);
  const newest = decisions.find(({ decidedAtMs }) => decidedAtMs > timeMs) ?? decisions.at(-1);
  const named = decisions.find(({ integration }) => integration !== null) ?? newest;
  return {
    target: named === undefined ? '' : targetOf(named),
    groupKey: named?.groupKey ?? '',
    before: before.toSorted((a, b) => b.decidedAtMs - a.decidedAtMs),
    around: decisions.filter(({ decidedAtMs }) => decidedAtMs >= timeMs - windowMs),
    next: decisions.find(({ decidedAtMs }) => decidedAtMs > timeMs),
    ticks: ticksAround(newest, timeMs),
  };
}

/** Ticks are a group_interval apart. */
function ticksAround(decision: NotificationDecision | undefined, timeMs: number): TargetWhy['ticks'] {
  const { tickMs = 0, groupIntervalMs = 1 } = decision ?? {};
  const intervalMs = Math.max(1, groupIntervalMs);
  const beforeMs = tickMs + Math.floor((timeMs - tickMs) / intervalMs) * intervalMs;
  return { beforeMs, afterMs: beforeMs + intervalMs };
}

function groupedBy<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const known = groups.get(key(one));
    if (known === undefined) groups.set(key(one), [one]);
    else known.push(one);
  }
  return groups;
}
