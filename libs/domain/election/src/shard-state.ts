/** A shard of a spread cluster between elections: what its replicas send waits in the log for the next barrier. */
export interface WaitingShard {
  readonly kind: 'waiting';
  /** Epoch of the newest barrier; 0: there was none. */
  readonly epoch: number;
  /** Offset of the first record that waits; absent: none does. */
  readonly fromOffset?: number;
}

/** A shard with an elected replica. */
export interface FollowingShard {
  readonly kind: 'following';
  readonly epoch: number;
  readonly replica: string;
  /** The replica has lost scrapes: what it sends waits, because another one may be elected for it. */
  readonly doubt?: ShardDoubt;
}

/** What waits for an election that may not come. */
export interface ShardDoubt {
  /** Offset of the first record that waits. */
  readonly fromOffset: number;
  /** Log time from which on it waits no longer, Unix ms. */
  readonly untilMs: number;
}

/** How long a shard waits for the word of the elector, ms: heartbeats come every second, and may be late. */
export const DOUBT_MS = 5000;

/** Which election a shard of a spread cluster follows. */
export type ShardState = WaitingShard | FollowingShard;

/** A shard nothing was heard of yet. */
export const UNHEARD_SHARD: WaitingShard = { kind: 'waiting', epoch: 0 };

/** An election, or its end, as it reaches a shard. Times are log times, Unix ms. */
export interface BarrierInput {
  readonly kind: 'barrier';
  readonly epoch: number;
  /** Absent: the cluster is vacant. */
  readonly replica?: string;
  /** When it was decided, on the clock of the heartbeats. */
  readonly electedAtMs: number;
  /** When the forerunner was heard last, on that clock; absent: there is none. */
  readonly previousReceivedAtMs?: number;
  /** Its newest sample, Unix ms; absent: not known. */
  readonly previousHighTimestampMs?: number;
}

/** What can happen to a shard. */
export type ShardInput =
  /** A record of one of its replicas. */
  | {
      readonly kind: 'record';
      readonly replica: string;
      readonly offset: number;
      /** Log time, Unix ms. */
      readonly timestampMs: number;
      /** It shows that its replica has lost scrapes that another one may have. */
      readonly isBehindHole: boolean;
    }
  | BarrierInput
  /** The elector knows the cluster no more, and so do its shards; the epoch is the last one. */
  | { readonly kind: 'forget'; readonly epoch: number };

/** Why a record of a shard goes no further for now; the same words in metrics. */
export type ShardDropReason = 'standby' | 'unelected';

/** What came of an input. */
export type ShardDecision =
  | { readonly verdict: 'accept'; readonly state: FollowingShard }
  | { readonly verdict: 'drop'; readonly reason: ShardDropReason; readonly state: ShardState }
  /** The shard has passed this barrier's epoch already. */
  | { readonly verdict: 'void'; readonly state: ShardState }
  /** Nothing is to be known of the shard any more. */
  | { readonly verdict: 'forget'; readonly state: WaitingShard }
  /** Nobody is elected until the next barrier. */
  | { readonly verdict: 'wait'; readonly state: WaitingShard }
  /** Another epoch begins at this barrier. */
  | {
      readonly verdict: 'follow';
      readonly state: FollowingShard;
      /** When the forerunner was heard last, and its newest sample, Unix ms: its series are continued. */
      readonly forerunner?: { readonly heardAtMs: number; readonly highMs: number | null };
      /** From where records have waited for this barrier. */
      readonly fromOffset?: number;
    };

/** The rules of SPEC.md, "Spread clusters", for one shard: a function of its arguments, of nothing else. */
export function decideShard(state: ShardState, input: ShardInput): ShardDecision {
  if (input.kind === 'record') return judge(state, input);
  if (input.kind === 'forget') return forget(state, input.epoch);
  return input.replica === undefined ? end(state, input.epoch) : begin(state, input, input.replica);
}

/**
 * A shard whose doubt is over at a log time, Unix ms: nobody else was elected, so what waits goes on.
 *
 * @returns the state without the doubt; `undefined`: it is in no doubt, or still is
 */
export function withoutDoubt(state: ShardState, nowMs: number): FollowingShard | undefined {
  if (state.kind === 'waiting' || state.doubt === undefined || nowMs < state.doubt.untilMs) return undefined;
  const { kind, epoch, replica } = state;
  return { kind, epoch, replica };
}

function judge(state: ShardState, input: ShardInput & { readonly kind: 'record' }): ShardDecision {
  const { replica, offset, timestampMs, isBehindHole } = input;
  if (state.kind === 'waiting') {
    const next = state.fromOffset === undefined ? { ...state, fromOffset: offset } : state;
    return { verdict: 'drop', reason: 'unelected', state: next };
  }
  if (replica !== state.replica) return { verdict: 'drop', reason: 'standby', state };
  if (state.doubt !== undefined) return { verdict: 'drop', reason: 'unelected', state };
  if (!isBehindHole) return { verdict: 'accept', state };
  const doubt = { fromOffset: offset, untilMs: timestampMs + DOUBT_MS };
  return { verdict: 'drop', reason: 'unelected', state: { ...state, doubt } };
}

function begin(state: ShardState, input: BarrierInput, replica: string): ShardDecision {
  const { epoch, electedAtMs, previousReceivedAtMs, previousHighTimestampMs } = input;
  if (epoch <= state.epoch) return { verdict: 'void', state };
  const next: FollowingShard = { kind: 'following', epoch, replica };
  if (state.kind === 'following') {
    // A shard that missed the end of the epoch before continues its series all the same.
    const forerunner = { heardAtMs: previousReceivedAtMs ?? electedAtMs, highMs: previousHighTimestampMs ?? null };
    return { verdict: 'follow', state: next, forerunner };
  }
  const { fromOffset } = state;
  return { verdict: 'follow', state: next, ...(fromOffset === undefined ? {} : { fromOffset }) };
}

function end(state: ShardState, epoch: number): ShardDecision {
  const isOver = state.kind === 'waiting' ? epoch <= state.epoch : epoch < state.epoch;
  if (isOver) return { verdict: 'void', state };
  const waiting = state.kind === 'waiting' ? state : waitingOf(state);
  return { verdict: 'wait', state: { ...waiting, epoch } };
}

/** What waits is still to be read at the next barrier: it is not forgotten. */
function forget(state: ShardState, epoch: number): ShardDecision {
  const isOver = state.kind === 'waiting' && state.fromOffset === undefined && state.epoch <= epoch;
  return isOver ? { verdict: 'forget', state: UNHEARD_SHARD } : { verdict: 'void', state };
}

/** What waits in a doubt goes on waiting. */
function waitingOf({ doubt }: FollowingShard): WaitingShard {
  return doubt === undefined ? UNHEARD_SHARD : { ...UNHEARD_SHARD, fromOffset: doubt.fromOffset };
}
