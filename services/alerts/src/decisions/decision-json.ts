import { type NotificationDecision } from '@tandem/records';

import { decisionInWords, timeOf } from './decision-words.ts';

type DecidedAlert = NotificationDecision['alerts'][number];
type Answer = NotificationDecision['answers'][number];

/** A decision as the API and the command line give it to programs. Times are RFC 3339 in UTC; what is not there is null. */
export function decisionJson(decision: NotificationDecision): Readonly<Record<string, unknown>> {
  const { cluster, instance, position, waitedMs, groupKey, groupLabels, receiver, integration, index } = decision;
  const { outcome, reason, detail, claimHolder, failOpen, attempts, mutedBy, repeats } = decision;
  return {
    time: timeOf(decision.decidedAtMs),
    tick: timeOf(decision.tickMs),
    began: timeOf(decision.beganAtMs),
    cluster,
    instance,
    position,
    waitedMs,
    groupKey,
    groupLabels,
    receiver,
    integration,
    index,
    outcome,
    reason,
    detail,
    summary: decisionInWords(decision),
    lastTold: timeOrNull(decision.lastToldAtMs),
    groupIntervalMs: decision.groupIntervalMs,
    repeatIntervalMs: decision.repeatIntervalMs,
    claimHolder,
    failOpen,
    attempts,
    answers: decision.answers.map(answerJson),
    firing: decision.firing,
    resolved: decision.resolved,
    suppressed: decision.suppressed,
    alerts: decision.alerts.map(alertJson),
    alertsCut: decision.alertsCut,
    mutedBy,
    repeats,
    lastRepeat: timeOrNull(decision.lastRepeatMs),
  };
}

function answerJson({ atMs, ...answer }: Answer): unknown {
  return { time: timeOf(atMs), ...answer };
}

function alertJson({ resolved, ...alert }: DecidedAlert): unknown {
  return { state: resolved ? 'resolved' : 'firing', ...alert };
}

function timeOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : timeOf(timeMs);
}
