import {
  firstSight,
  heard,
  type ClusterState,
  type ElectedState,
  type ReplicaSight,
  type Sighting,
  type VacantState,
} from './cluster-state.ts';
import { jitterMs } from './jitter.ts';
import { coveringStandby } from './lost-scrapes.ts';
import { type ScoreDetail } from './score.ts';
import { type ElectionSettings } from './settings.ts';
import { newestSampleMs, successionOf } from './succession.ts';

/** A record of a pair, as far as elections look at it. */
export interface RecordInput extends Sighting {
  readonly kind: 'record';
  /** Name of the cluster, tenant included; spreads jitter and nothing else. */
  readonly cluster: string;
  /** Counts the clusters its tenant has now, this one left out. Only asked when it would be one more. */
  readonly tenantClusters: () => number;
  /** The highest epoch of the clusters its partition has forgotten: this one may be of them. 0: none was forgotten. */
  readonly forgottenEpoch: number;
}

/** The log clock passed a mark at which silent clusters are looked for. */
export interface SweepInput {
  readonly kind: 'sweep';
  readonly timestampMs: number;
}

/** What an operator may want of a cluster. */
export type OperatorCommand =
  /** Another replica is to be elected now. */
  | { readonly kind: 'failover'; readonly replica: string }
  /** A replica is to be elected and to stay so, whatever happens. */
  | { readonly kind: 'pin'; readonly replica: string }
  /** The rules decide again. */
  | { readonly kind: 'release' };

/** What can happen to a cluster. */
export type ElectionInput = RecordInput | SweepInput;

/** Why a record goes on or does not; the same words in metrics, logs and the elections topic. */
export type AcceptReason = 'elected' | 'first-seen' | 'failover' | 'score';
export type DropReason = 'standby' | 'too-many-clusters' | 'too-many-replicas' | 'no-samples';
/** What came of an operator's command; the same words in the commands topic. */
export type CommandOutcome =
  | 'elected'
  | 'pinned'
  | 'released'
  /** It is as was wanted already. */
  | 'unchanged'
  /** Refused: the cluster has nobody elected. */
  | 'no-cluster'
  /** Refused: another replica is pinned, and has to be released first. */
  | 'other-pinned';

/** An election: opens the interval of its epoch in sample time and thereby ends the one before. */
export interface Election {
  readonly epoch: number;
  readonly replica: string;
  readonly reason: Exclude<AcceptReason, 'elected'> | 'lost-scrapes' | 'operator';
  /** What the replica before is worse in, where the reason is `score`. */
  readonly detail?: ScoreDetail;
  /** Log time, Unix ms. */
  readonly electedAtMs: number;
  /** See {@link ElectedState.fromTimestampMs}. */
  readonly fromTimestampMs: number | null;
  /** Who was elected until now, when it was last heard (log time) and its newest sample, Unix ms; absent: it sent none. */
  readonly previous?: { readonly replica: string; readonly receivedAtMs: number; readonly highTimestampMs?: number };
}

/** What is to be written down because of a decision. */
export type ElectionEffect =
  | { readonly kind: 'elect'; readonly election: Election }
  /** The state is due for another announcement. */
  | { readonly kind: 'announce' }
  /** The cluster's place is free. */
  | { readonly kind: 'vacate' }
  /** Nothing is to be known of the cluster any more. */
  | { readonly kind: 'forget' };

/** What came of an input. */
export type Decision =
  | {
      readonly verdict: 'accept';
      readonly reason: AcceptReason;
      readonly state: ElectedState;
      readonly effect?: ElectionEffect;
    }
  | {
      readonly verdict: 'drop';
      readonly reason: DropReason;
      readonly state: ClusterState | undefined;
      /** An election too: of the standby that has what the elected replica has lost. */
      readonly effect?: ElectionEffect;
    }
  | {
      readonly verdict: 'none';
      readonly reason: 'idle' | 'forgotten' | 'heard';
      readonly state: ClusterState | undefined;
      readonly effect?: ElectionEffect;
    };

/** The rules of SPEC.md: a function of its arguments, of nothing else. */
export function decide(state: ClusterState | undefined, input: ElectionInput, settings: ElectionSettings): Decision {
  if (input.kind === 'sweep') return sweep(state, input.timestampMs, settings);
  if (state?.kind !== 'elected') return firstSeen(state, input, settings);
  const next = heard(state, input, settings);
  if (next === undefined) return { verdict: 'drop', reason: 'too-many-replicas', state };
  return input.replica === state.replica
    ? ofElected({ state, next }, input, settings)
    : ofStandby({ state, next }, input, settings);
}

/** A state before a record was heard, and after. */
interface Hearing {
  readonly state: ElectedState;
  readonly next: ElectedState;
}

function ofElected({ state, next }: Hearing, input: RecordInput, settings: ElectionSettings): Decision {
  const covering = coveringStandby({ state, next }, input, settings);
  if (covering !== undefined) return { verdict: 'drop', reason: 'standby', ...handOver({ state, next }, covering) };
  return { verdict: 'accept', reason: 'elected', ...announced({ state, next }, input, settings) };
}

function ofStandby({ state, next }: Hearing, input: RecordInput, settings: ElectionSettings): Decision {
  const succession = successionOf(next, input, settings);
  return succession === undefined
    ? { verdict: 'drop', reason: 'standby', ...announced({ state, next }, input, settings) }
    : { verdict: 'accept', reason: succession.reason, ...elect(next, input, succession) };
}

/** The state after a record that elects nobody, announced where that is due. */
function announced(
  { state, next }: Hearing,
  input: RecordInput,
  settings: ElectionSettings,
): { readonly state: ElectedState; readonly effect?: ElectionEffect } {
  if (!isDue(state, input, settings)) return { state: next };
  return { state: { ...next, announcedAtMs: input.timestampMs }, effect: { kind: 'announce' } };
}

/** What came of an operator's command. */
export interface Obedience {
  readonly outcome: CommandOutcome;
  readonly state: ClusterState | undefined;
  readonly effect?: ElectionEffect;
}

/**
 * Does what an operator wants, where the cluster has somebody elected: times nobody out, asks for no samples, and looks at
 * nothing but its arguments, as {@link decide}.
 *
 * @param timestampMs log time of the command, Unix ms
 */
export function obey(state: ClusterState | undefined, command: OperatorCommand, timestampMs: number): Obedience {
  if (state?.kind !== 'elected') return { outcome: 'no-cluster', state };
  if (command.kind === 'release') {
    if (!state.pinned) return { outcome: 'unchanged', state };
    return { outcome: 'released', state: { ...state, pinned: false }, effect: { kind: 'announce' } };
  }
  const pinned = command.kind === 'pin';
  if (command.replica === state.replica) {
    if (!pinned || state.pinned) return { outcome: 'unchanged', state };
    return { outcome: 'pinned', state: { ...state, pinned }, effect: { kind: 'announce' } };
  }
  if (state.pinned) return { outcome: 'other-pinned', state };
  const candidate = { replica: command.replica, timestampMs, minTimestampMs: timestampMs };
  const { state: next, effect } = elect(state, candidate, { reason: 'operator' });
  return { outcome: pinned ? 'pinned' : 'elected', state: { ...next, pinned }, effect };
}

function sweep(state: ClusterState | undefined, nowMs: number, settings: ElectionSettings): Decision {
  if (state?.kind === 'vacant') return sweepVacant(state, nowMs, settings);
  if (state === undefined || nowMs - state.receivedAtMs < settings.idleTimeoutMs) {
    return { verdict: 'none', reason: 'heard', state };
  }
  const { epoch, fromTimestampMs, heardAtMs } = state;
  const vacant: VacantState = { kind: 'vacant', epoch, fromTimestampMs, heardAtMs };
  return { verdict: 'none', reason: 'idle', state: vacant, effect: { kind: 'vacate' } };
}

function sweepVacant(state: VacantState, nowMs: number, { forgetAfterMs }: ElectionSettings): Decision {
  if (forgetAfterMs === 0 || nowMs - state.heardAtMs < forgetAfterMs)
    return { verdict: 'none', reason: 'heard', state };
  return { verdict: 'none', reason: 'forgotten', state: undefined, effect: { kind: 'forget' } };
}

function firstSeen(state: VacantState | undefined, input: RecordInput, settings: ElectionSettings): Decision {
  if (settings.maxClusters > 0 && input.tenantClusters() >= settings.maxClusters) {
    return { verdict: 'drop', reason: 'too-many-clusters', state };
  }
  if (input.minTimestampMs === undefined) return { verdict: 'drop', reason: 'no-samples', state };
  return { verdict: 'accept', reason: 'first-seen', ...elect(state, input, { reason: 'first-seen' }) };
}

function isDue(state: ElectedState, input: RecordInput, settings: ElectionSettings): boolean {
  const dueMs = settings.updateTimeoutMs + jitterMs(input.cluster, state.epoch, settings.updateTimeoutJitterMs);
  return input.timestampMs - state.announcedAtMs >= dueMs;
}

/** Who is to be elected, from when on. */
type Candidate = Pick<RecordInput, 'replica' | 'timestampMs' | 'minTimestampMs' | 'maxTimestampMs'> &
  Partial<Pick<RecordInput, 'forgottenEpoch'>>;

/** @param state as it is with the candidate heard */
function elect(
  state: ClusterState | undefined,
  input: Candidate,
  why: Pick<Election, 'reason' | 'detail'>,
): { readonly state: ElectedState; readonly effect: ElectionEffect & { readonly kind: 'elect' } } {
  const { replica, timestampMs: nowMs, forgottenEpoch = 0 } = input;
  const before = state?.kind === 'elected' ? state : undefined;
  const opened = { epoch: (state?.epoch ?? forgottenEpoch) + 1, replica, fromTimestampMs: intervalStart(state, input) };
  const election: Election = {
    ...opened,
    ...why,
    electedAtMs: nowMs,
    ...(before === undefined ? {} : { previous: previousOf(before) }),
  };
  const isHandover = why.reason === 'score' || why.reason === 'operator';
  const next: ElectedState = {
    ...(before === undefined ? beginning(input) : continuing(before)),
    ...opened,
    kind: 'elected',
    electedAtMs: nowMs,
    receivedAtMs: nowMs,
    heardAtMs: nowMs,
    silentMs: 0,
    pinned: false,
    announcedAtMs: nowMs,
    ...(isHandover ? { handedOverAtMs: nowMs } : {}),
  };
  return { state: next, effect: { kind: 'elect', election } };
}

/** The elected replica has lost scrapes that a standby has: its own record, which shows that, goes no further. */
function handOver({ state, next }: Hearing, { replica }: ReplicaSight): ReturnType<typeof elect> {
  const minTimestampMs = newestSampleMs(state);
  const candidate = {
    replica,
    timestampMs: next.heardAtMs,
    ...(minTimestampMs === undefined ? {} : { minTimestampMs }),
  };
  const { state: after, effect } = elect(state, candidate, { reason: 'lost-scrapes' });
  return { state: { ...after, ...continuing(next) }, effect };
}

/** What an election carries on. */
type Carried = Pick<ElectedState, 'activeMs' | 'handedOverAtMs' | 'replicas'>;

function beginning(input: Candidate): Carried {
  return { activeMs: 0, handedOverAtMs: null, replicas: [firstSight(input, 0)] };
}

/** Whoever did better than the one before has yet to do better than the new one. */
function continuing({ activeMs, handedOverAtMs, replicas }: ElectedState): Carried {
  return { activeMs, handedOverAtMs, replicas: replicas.map(uncompared) };
}

function previousOf(state: ElectedState): NonNullable<Election['previous']> {
  const highTimestampMs = newestSampleMs(state);
  const { replica, receivedAtMs } = state;
  return { replica, receivedAtMs, ...(highTimestampMs === undefined ? {} : { highTimestampMs }) };
}

function uncompared(sight: ReplicaSight): ReplicaSight {
  return sight.health.better === 0 ? sight : { ...sight, health: { ...sight.health, better: 0 } };
}

/** Intervals tile: the first begins with time itself, each later one at its first sample, never before its forerunner. */
function intervalStart(state: ClusterState | undefined, input: Candidate): number | null {
  if (state === undefined || input.minTimestampMs === undefined) return null;
  return Math.max(state.fromTimestampMs ?? -Infinity, input.minTimestampMs);
}
