/** What is remembered of a replica of a cluster, for people to see. It never decides. */
export interface ReplicaSight {
  readonly replica: string;
  /** Log time of its newest record, Unix ms. */
  readonly lastRecordMs: number;
  /** Its newest sample so far, Unix ms; absent until it sent one. */
  readonly highTimestampMs?: number;
}

/** The most replicas remembered per cluster; beyond it the one heard longest ago is forgotten, never the elected. */
export const MAX_REPLICAS = 16;

/** A cluster with an elected replica. */
export interface ElectedState {
  readonly kind: 'elected';
  /** Number of the election: 1 for the first, one more with each. */
  readonly epoch: number;
  readonly replica: string;
  /** Log time of the election, Unix ms. */
  readonly electedAtMs: number;
  /** Log time of the elected replica's newest record, Unix ms. */
  readonly receivedAtMs: number;
  /** Log time of the newest record of any of its replicas, Unix ms. */
  readonly heardAtMs: number;
  /** How long the elected replica has been silent while others were heard, ms: see SPEC.md, "Silence". */
  readonly silentMs: number;
  /** An operator has pinned the replica: nobody else is elected until it is released. */
  readonly pinned: boolean;
  /** When the state was last announced, Unix ms: at most update timeout and jitter behind what was heard. */
  readonly announcedAtMs: number;
  /** Where its interval begins in sample time, Unix ms; `null`: at the beginning of time (epoch 1). */
  readonly fromTimestampMs: number | null;
  /** Replicas heard, in no order that means anything. */
  readonly replicas: readonly ReplicaSight[];
}

/** A cluster that fell silent and gave its place up. Its epoch is kept, so that none is ever used twice. */
export interface VacantState {
  readonly kind: 'vacant';
  readonly epoch: number;
  readonly fromTimestampMs: number | null;
}

/** What is known of a cluster; `undefined` stands for a cluster never heard of. */
export type ClusterState = ElectedState | VacantState;

/** What is remembered of a record. */
interface Sighting {
  readonly replica: string;
  readonly timestampMs: number;
  readonly maxTimestampMs?: number;
}

/** An elected state after a record was heard, as far as nothing is decided by it. */
export function heard(state: ElectedState, record: Sighting, longestPauseMs: number): ElectedState {
  const ofElected = record.replica === state.replica;
  const pauseMs = Math.max(0, record.timestampMs - state.heardAtMs);
  return {
    ...state,
    receivedAtMs: ofElected ? Math.max(state.receivedAtMs, record.timestampMs) : state.receivedAtMs,
    heardAtMs: Math.max(state.heardAtMs, record.timestampMs),
    silentMs: ofElected ? 0 : state.silentMs + Math.min(pauseMs, longestPauseMs),
    replicas: sighted(state, record, state.replica),
  };
}

/** The replicas remembered after a record was heard, in a cluster where `elected` is (now) elected. */
export function sighted(state: ClusterState | undefined, heard: Sighting, elected: string): readonly ReplicaSight[] {
  const replicas = state?.kind === 'elected' ? state.replicas : [];
  const index = replicas.findIndex(({ replica }) => replica === heard.replica);
  const merged = merge(replicas[index], heard);
  if (index >= 0) return replicas.with(index, merged);
  if (replicas.length < MAX_REPLICAS) return [...replicas, merged];
  const oldest = replicas.reduce((a, b) =>
    a.replica === elected || (b.replica !== elected && b.lastRecordMs < a.lastRecordMs) ? b : a,
  );
  return replicas.with(replicas.indexOf(oldest), merged);
}

function merge(known: ReplicaSight | undefined, heard: Sighting): ReplicaSight {
  const high = Math.max(known?.highTimestampMs ?? -Infinity, heard.maxTimestampMs ?? -Infinity);
  return {
    replica: heard.replica,
    lastRecordMs: heard.timestampMs,
    ...(high === -Infinity ? {} : { highTimestampMs: high }),
  };
}
