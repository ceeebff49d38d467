import { formatDuration } from '@tandem/config/duration';
import { type NotificationDecision } from '@tandem/records';

import { NO_INTEGRATIONS } from './decision-of-flush.ts';

/** A decision in words: what was done, and why. One line of English, no names of targets. */
export function decisionInWords(decision: NotificationDecision): string {
  return [ending(decision), keptBack(decision), waited(decision), failedOpen(decision), repeated(decision)]
    .filter((part) => part !== '')
    .join('; ');
}

function ending(decision: NotificationDecision): string {
  const { outcome, reason, detail, attempts, claimHolder, tickMs, groupIntervalMs } = decision;
  const next = `the next tick, ${timeOf(tickMs + groupIntervalMs)}, tries again`;
  switch (outcome) {
    case 'sent':
      if (attempts === 0)
        return `counts as told: ${reason}, and the integration does not want to hear of resolved alerts`;
      return `told of ${alertsInWords(decision)}: ${reason} (${counted(attempts, 'attempt')}, ${detail})`;
    case 'failed':
      return `could not be told: ${reason} after ${counted(attempts, 'attempt')}: ${detail}; ${next}`;
    case 'skipped':
      return `not told: ${skipped(decision)}`;
    case 'suppressed':
      return `not told: ${reason}`;
    case 'held':
      return `not told by this instance: ${claimHolder ?? 'another one'} had the claim until the end; ${next}`;
    case 'stopped':
      return 'not told: the instance stopped before it began to send';
    default:
      return `${outcome}: ${reason}`;
  }
}

function skipped({ reason, lastToldAtMs, repeatIntervalMs }: NotificationDecision): string {
  const when = lastToldAtMs === null ? '' : ` at ${timeOf(lastToldAtMs)}`;
  switch (reason) {
    case 'unchanged': {
      const again =
        lastToldAtMs === null ? '' : `, and is told again from ${timeOf(lastToldAtMs + repeatIntervalMs)} on`;
      return `it was told the same${when}${again}`;
    }
    case 'already resolved':
      return `it was told${when} that all is resolved`;
    case 'nothing firing':
      return 'nothing fires, and nothing was told before';
    case NO_INTEGRATIONS:
      return 'the receiver has no integrations';
    default:
      return reason;
  }
}

/** What kept alerts back, the same once. */
function keptBack({ suppressed, alerts, mutedBy, reason, alertsCut }: NotificationDecision): string {
  if (suppressed === 0) return '';
  const bySilence = new Map<string, number>();
  const bySource = new Map<string, number>();
  for (const { silencedBy, inhibitedBy, inhibitRule } of alerts) {
    if (silencedBy.length > 0) count(bySilence, `silenced by ${silencedBy.join(', ')}`);
    if (inhibitedBy !== null) count(bySource, `inhibited by alert ${inhibitedBy} (rule ${inhibitRule ?? '?'})`);
  }
  const muted =
    mutedBy.length === 0 ? [] : [`${reason.includes('not active') ? 'outside of' : 'muted by'} ${mutedBy.join(', ')}`];
  const ways = [...[...bySource, ...bySilence].map(([way, alertsOfIt]) => `${alertsOfIt} ${way}`), ...muted];
  const cut = alertsCut > 0 ? ` (${alertsCut} alerts are not listed)` : '';
  return `${counted(suppressed, 'alert')} kept back: ${ways.join(', ')}${cut}`;
}

function waited({ waitedMs, position }: NotificationDecision): string {
  return position === null || waitedMs === 0 ? '' : `waited ${formatDuration(waitedMs)} at position ${position}`;
}

function failedOpen({ failOpen }: NotificationDecision): string {
  return failOpen ? 'the log was away: others may have told it too' : '';
}

function repeated({ repeats, lastRepeatMs }: NotificationDecision): string {
  if (repeats === 0 || lastRepeatMs === null) return '';
  return `the decision before had repeated ${counted(repeats, 'time')}, until ${timeOf(lastRepeatMs)}`;
}

function alertsInWords({ firing, resolved, suppressed }: NotificationDecision): string {
  const firingText = `${firing} firing`;
  const text = resolved > 0 ? `${firingText} and ${resolved} resolved` : firingText;
  return suppressed > 0 ? `the rest of ${text}` : text;
}

function counted(count_: number, noun: string): string {
  return `${count_} ${noun}${count_ === 1 ? '' : 's'}`;
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** A time as API v2 writes it. */
export function timeOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
