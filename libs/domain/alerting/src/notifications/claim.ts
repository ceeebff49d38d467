import { newerEntry, type NotificationEntry } from './notification-entry.ts';

/** An instance means to notify a target, and nobody else may until it has, or its time is over. */
export interface Claim {
  /** Name of the instance. */
  readonly owner: string;
  /** Tells this claim from others, of its owner too. */
  readonly id: string;
  /** Log time from which on it holds no longer, Unix ms. */
  readonly untilMs: number;
}

/** A record of the notification log, as far as claims look at it. */
export type NotificationRecord =
  | { readonly kind: 'claim'; readonly claim: Claim }
  /** A notification was sent, and the claim to it, if there was one, has ended. */
  | { readonly kind: 'entry'; readonly entry: NotificationEntry; readonly claimId?: string | undefined }
  /** An instance has no claim any more. */
  | { readonly kind: 'release'; readonly owner: string };

/** What the notification log says of a target. */
export interface TargetState {
  readonly entry?: NotificationEntry | undefined;
  /** The claim that holds, or held last. */
  readonly claim?: Claim | undefined;
}

/** The state after a record (SPEC.md, N4): entries by their times, claims by their places in the log. */
export function applyNotification(state: TargetState, record: NotificationRecord, appendedAtMs: number): TargetState {
  const entry = record.kind === 'entry' ? newerEntry(state.entry, record.entry) : state.entry;
  return { entry, claim: claimAfter(state.claim, record, appendedAtMs) };
}

function claimAfter(known: Claim | undefined, record: NotificationRecord, appendedAtMs: number): Claim | undefined {
  if (record.kind === 'entry') return known?.id === record.claimId ? undefined : known;
  if (record.kind === 'release') return known?.owner === record.owner ? undefined : known;
  const isFree = known === undefined || isOver(known, appendedAtMs) || known.id === record.claim.id;
  return isFree ? record.claim : known;
}

function isOver({ untilMs }: Claim, logTimeMs: number): boolean {
  return logTimeMs >= untilMs;
}

/**
 * Whether a target may have been told what no entry says (SPEC.md, N9): somebody claimed it, and neither sent nor gave up as
 * far as the log knows.
 */
export function isUncertain({ entry, claim }: TargetState): boolean {
  return claim !== undefined && claim.untilMs > (entry?.timestampMs ?? 0);
}

/** What an instance may do, by what the log says. */
export type Standing =
  /** Nobody claims the target. */
  | { readonly kind: 'free' }
  /** It has the claim it asked for. */
  | { readonly kind: 'mine' }
  /** Somebody else has it, until then at most (log time, Unix ms). */
  | { readonly kind: 'held'; readonly owner: string; readonly untilMs: number };

/** What an instance with (or without) a claim of its own may do at a log time. */
export function standingOf(state: TargetState, claimId: string | undefined, logTimeMs: number): Standing {
  const { claim } = state;
  if (claim === undefined || isOver(claim, logTimeMs)) return { kind: 'free' };
  return claim.id === claimId ? { kind: 'mine' } : { kind: 'held', owner: claim.owner, untilMs: claim.untilMs };
}
