import {
  flushTimeoutMs,
  suppress,
  type FlushedAlert,
  type Group,
  type GroupTable,
  type Integration,
  type Suppression,
  type Suppressors,
} from '@tandem/alerting';

import { notifyTarget, type NotifyContext } from '../notify/notify-target.ts';
import { succeeded, type TargetFlush } from '../notify/target-flush.ts';

/** What flushes of all groups have in common. */
export interface FlushContext extends Omit<NotifyContext, 'read'> {
  readonly groups: GroupTable;
  readonly suppressors: Suppressors;
  /** The integrations of a receiver. */
  readonly integrationsOf: (receiver: string) => readonly Integration[];
  /** Place among the live instances. */
  readonly position: () => number;
  /** Wait for each place, ms. */
  readonly stepMs: number;
  /** Told of every flush before its wait: of what it leaves out, and whom it is for. */
  readonly onSuppressed: (group: Group, suppression: Suppression, flush: BegunFlush) => void;
  /** Told of a group that has ended: everything of it was told. */
  readonly onEnded: (id: string) => void;
}

/** A flush of a group, before its wait. */
export interface BegunFlush {
  /** Time of the tick, Unix ms. */
  readonly tickMs: number;
  /** How many integrations the receiver has: with none it ends here. */
  readonly integrations: number;
}

/**
 * One flush of a group to all integrations of its receiver, at the same time. Resolved alerts leave the group when all of
 * them have succeeded.
 */
export async function flushGroup(group: Group, tickMs: number, context: FlushContext): Promise<void> {
  const { groups, clock } = context;
  const alerts = groups.alertsAt(group.id, tickMs);
  const suppression = suppressed(group, tickMs, context);
  const { receiver } = group.route.options;
  const integrations = context.integrationsOf(receiver);
  context.onSuppressed(group, suppression, { tickMs, integrations: integrations.length });
  if (suppression.alerts.length === 0) {
    flushed(group.id, alerts, context);
    return;
  }
  const position = context.position();
  const waitMs = position * context.stepMs;
  const deadlineMs = clock.now() + flushTimeoutMs(group.beat.groupIntervalMs, waitMs);
  const outcomes = await Promise.all(
    integrations.map((integration) => {
      const target = { groupKey: group.group.key, receiver, integration: integration.type, index: integration.index };
      const flush: TargetFlush = { group, target, integration, tickMs, position, waitMs, deadlineMs };
      return notifyTarget(flush, { ...context, read: () => suppressed(group, tickMs, context) });
    }),
  );
  if (outcomes.every(succeeded)) flushed(group.id, alerts, context);
}

function flushed(id: string, alerts: readonly FlushedAlert[], { groups, onEnded }: FlushContext): void {
  if (groups.flushed(id, alerts)) onEnded(id);
}

/** The alerts of a group as of now, and what keeps others back. */
function suppressed(group: Group, tickMs: number, { groups, clock, suppressors }: FlushContext): Suppression {
  const nowMs = clock.now();
  return suppress(groups.alertsAt(group.id, nowMs), group.route.options, { tickMs, nowMs }, suppressors);
}
