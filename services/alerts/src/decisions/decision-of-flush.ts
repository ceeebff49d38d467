import { type Group, type Suppression } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';

import { type BegunFlush } from '../dispatch/flush-group.ts';
import { type FlushPassage, type TargetFlush, type TargetOutcome } from '../notify/target-flush.ts';
import { cut, type Answer } from './attempt-trail.ts';
import { decidedAlerts, recordOf } from './decided-alerts.ts';

/** A decision, before it is known whether and as which of its writer's it is written. */
export type Decided = Omit<NotificationDecision, 'writer' | 'sequence' | 'repeats' | 'lastRepeatMs'>;

/** Who decides. */
export interface Decider {
  /** Name of the alerts cluster. */
  readonly cluster: string;
  /** Name of the instance. */
  readonly instance: string;
}

/** A receiver without integrations: upstream's way to be told nothing. */
export const NO_INTEGRATIONS = 'no integrations';

/** How the flush of a group to one integration ended. */
export function decisionOfTarget(
  { cluster, instance }: Decider,
  flush: TargetFlush,
  outcome: TargetOutcome,
  { answers, ...passage }: FlushPassage & { readonly answers: readonly Answer[] },
): Decided {
  const { group, target, position, tickMs } = flush;
  return {
    cluster,
    instance,
    tickMs,
    beganAtMs: passage.beganAtMs,
    decidedAtMs: passage.endedAtMs,
    position,
    waitedMs: outcome.kind === 'stopped' ? Math.min(flush.waitMs, passage.endedAtMs - passage.beganAtMs) : flush.waitMs,
    ...ofGroup(group),
    integration: target.integration,
    index: target.index,
    lastToldAtMs: passage.toldAtMs ?? null,
    ...whatEnded(outcome, instance),
    answers,
    ...decidedAlerts(passage.suppression),
  };
}

/** How the flush of a group ended before its wait, for all integrations; `undefined`: it goes on. */
export function decisionBeforeWait(
  { cluster, instance }: Decider,
  { group, suppression, flush }: { group: Group; suppression: Suppression; flush: BegunFlush },
  nowMs: number,
): Decided | undefined {
  const isSuppressed = suppression.alerts.length === 0;
  if (!isSuppressed && flush.integrations > 0) return undefined;
  return {
    cluster,
    instance,
    tickMs: flush.tickMs,
    beganAtMs: nowMs,
    decidedAtMs: nowMs,
    position: null,
    waitedMs: 0,
    ...ofGroup(group),
    integration: null,
    index: null,
    lastToldAtMs: null,
    ...NOTHING_SENT,
    outcome: isSuppressed ? 'suppressed' : 'skipped',
    reason: isSuppressed ? reasonOf(suppression) : NO_INTEGRATIONS,
    answers: [],
    ...decidedAlerts(suppression),
  };
}

type OfGroup = 'groupKey' | 'groupLabels' | 'receiver' | 'groupIntervalMs' | 'repeatIntervalMs';

function ofGroup({ group, route }: Group): Pick<NotificationDecision, OfGroup> {
  const { receiver, groupIntervalMs, repeatIntervalMs } = route.options;
  return { groupKey: group.key, groupLabels: recordOf(group.labels), receiver, groupIntervalMs, repeatIntervalMs };
}

type Ended = Pick<Decided, 'outcome' | 'reason' | 'detail' | 'claimHolder' | 'failOpen' | 'attempts'>;

const NOTHING_SENT = { detail: '', claimHolder: null, failOpen: false, attempts: 0 } as const;

function whatEnded(outcome: TargetOutcome, instance: string): Ended {
  const { kind } = outcome;
  switch (kind) {
    case 'sent':
      return { ...tried(outcome, instance), reason: outcome.reason, detail: cut(outcome.answer) };
    case 'failed':
      return { ...tried(outcome, instance), reason: outcome.reason, detail: cut(outcome.message) };
    case 'skipped':
      return { ...NOTHING_SENT, outcome: kind, reason: outcome.reason };
    case 'suppressed':
      return { ...NOTHING_SENT, outcome: kind, reason: reasonOf(outcome.suppression) };
    case 'held':
      return { ...NOTHING_SENT, outcome: kind, reason: 'claimed by another instance', claimHolder: outcome.owner };
    case 'stopped':
      return { ...NOTHING_SENT, outcome: kind, reason: 'the instance stopped' };
  }
}

/** Whoever sends without failing open has the claim. */
function tried(
  { kind, attempts, failOpen }: Extract<TargetOutcome, { kind: 'sent' | 'failed' }>,
  instance: string,
): Pick<Ended, 'outcome' | 'attempts' | 'failOpen' | 'claimHolder'> {
  return { outcome: kind, attempts, failOpen, claimHolder: failOpen ? null : instance };
}

/** What kept all alerts back: each stage that did, in the order of the pipeline. */
function reasonOf({ inhibited, muted, mutedBy, silenced }: Suppression): string {
  const stages = [
    inhibited.length > 0 ? 'inhibited' : '',
    muted.length > 0 ? (mutedBy?.reason === 'mute-time' ? 'muted' : 'not active') : '',
    silenced.length > 0 ? 'silenced' : '',
  ];
  return stages.filter((stage) => stage !== '').join(' and ') || 'no alerts left';
}
