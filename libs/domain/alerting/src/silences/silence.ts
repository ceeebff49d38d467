import { type LabelSet } from '../labels/label-set.ts';
import { matchesAll, type Matcher } from '../matchers/matcher.ts';

/** What keeps notifications of alerts back for a time. Times are Unix ms. */
export interface Silence {
  /** UUID. */
  readonly id: string;
  /** It holds for alerts that fulfil all matchers of any set. */
  readonly matcherSets: readonly (readonly Matcher[])[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: LabelSet;
}

/** Where a silence is in its life. */
export type SilenceState = 'pending' | 'active' | 'expired';

/** State of a silence by the clock: at its start and at its end it is active. */
export function silenceState({ startsAtMs, endsAtMs }: Silence, nowMs: number): SilenceState {
  if (nowMs < startsAtMs) return 'pending';
  return nowMs > endsAtMs ? 'expired' : 'active';
}

/** Whether a silence is meant for an alert, whatever its state. */
export function silences({ matcherSets }: Silence, labels: LabelSet): boolean {
  return matcherSets.some((matchers) => matchesAll(matchers, labels));
}

/** Of two versions of a silence the one updated later; of equal ones the one that was there (SPEC.md, Z4). */
export function newerSilence(known: Silence | undefined, other: Silence): Silence {
  return known === undefined || known.updatedAtMs < other.updatedAtMs ? other : known;
}

/** When a silence may be forgotten, Unix ms. */
export function silenceForgottenAtMs({ endsAtMs }: Silence, retentionMs: number): number {
  return endsAtMs + retentionMs;
}
