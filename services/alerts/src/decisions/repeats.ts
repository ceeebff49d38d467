import { createHash } from 'node:crypto';

import { notificationKey } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';

import { type Decided } from './decision-of-flush.ts';

/** For how long the same decision is only counted before it is written again, ms (SPEC.md, D3). */
const TOLD_AGAIN_MS = 4 * 3_600_000;
/** Receivers of groups that are remembered (SPEC.md, D4). */
const MAX_GROUPS = 100_000;

/** What repeated a decision before it is written. */
export type RepeatCount = Pick<NotificationDecision, 'repeats' | 'lastRepeatMs'>;

/** What was decided last of a target. */
interface Told {
  readonly gist: string;
  readonly writtenAtMs: number;
  repeats: number;
  lastRepeatMs: number | null;
}

/** What was decided last of a receiver of a group: for all integrations at once, or for each. */
interface GroupTold {
  isWhole: boolean;
  readonly byTarget: Map<string, Told>;
}

const NEVER: RepeatCount = { repeats: 0, lastRepeatMs: null };

/** Tells decisions that say something new from those that repeat the one before, of one instance (SPEC.md, D3 and D4). */
export class Repeats {
  /** Those asked for longest ago first. */
  readonly #groups = new Map<string, GroupTold>();
  readonly #maxGroups: number;

  constructor(maxGroups = MAX_GROUPS) {
    this.#maxGroups = maxGroups;
  }

  /** What to say of repeats in a decision that is to be written; `undefined`: it is a repeat itself. */
  take(decided: Decided): RepeatCount | undefined {
    const isWhole = decided.integration === null;
    const { byTarget, isTurn } = this.#group(decided, isWhole);
    const key = decisionKey(decided);
    const known = byTarget.get(key);
    const gist = gistOf(decided);
    if (!isTurn && isRepeat(known, gist, decided)) {
      known.repeats += 1;
      known.lastRepeatMs = decided.decidedAtMs;
      return undefined;
    }
    byTarget.set(key, { gist, writtenAtMs: decided.decidedAtMs, ...NEVER });
    return known === undefined ? NEVER : { repeats: known.repeats, lastRepeatMs: known.lastRepeatMs };
  }

  /** @returns also whether it turns from decisions for all integrations to those for each, or back: then all is new */
  #group({ groupKey, receiver }: Decided, isWhole: boolean): GroupTold & { readonly isTurn: boolean } {
    const key = `${groupKey}:${receiver}`;
    const group = this.#groups.get(key) ?? { isWhole, byTarget: new Map<string, Told>() };
    this.#groups.delete(key);
    this.#groups.set(key, group);
    const isTurn = group.isWhole !== isWhole;
    if (isTurn) for (const [target, told] of group.byTarget) group.byTarget.set(target, { ...told, gist: '' });
    group.isWhole = isWhole;
    this.#forgetOldest();
    return { ...group, isTurn };
  }

  #forgetOldest(): void {
    if (this.#groups.size <= this.#maxGroups) return;
    const [oldest] = this.#groups.keys();
    if (oldest !== undefined) this.#groups.delete(oldest);
  }
}

/** Key of a decision's record: its target's, or that of the receiver where it is for all integrations. */
export function decisionKey({ groupKey, receiver, integration, index }: Decided): string {
  if (integration === null || index === null) return `${groupKey}:${receiver}`;
  return notificationKey({ groupKey, receiver, integration, index });
}

function isRepeat(known: Told | undefined, gist: string, { decidedAtMs }: Decided): known is Told {
  return known !== undefined && gist !== '' && known.gist === gist && decidedAtMs - known.writtenAtMs < TOLD_AGAIN_MS;
}

/** What must be the same in a repeat, in bounded room; empty where there is no such thing. */
function gistOf(decided: Decided): string {
  const { outcome, reason, claimHolder, mutedBy, alerts, firing, resolved, suppressed } = decided;
  if (outcome !== 'skipped' && outcome !== 'suppressed' && outcome !== 'held') return '';
  const ofAlerts = alerts.map(({ fingerprint, resolved: over, silencedBy, inhibitedBy }) => [
    fingerprint,
    over,
    silencedBy,
    inhibitedBy,
  ]);
  const gist = JSON.stringify([outcome, reason, claimHolder, mutedBy, firing, resolved, suppressed, ofAlerts]);
  return createHash('sha1').update(gist).digest('base64');
}
