import { type Election } from '@tandem/records';

import { rfc3339 } from './times.ts';

/** An election as `--json` shows it; times are RFC 3339. */
export interface ElectionJson {
  readonly tenant: string;
  readonly cluster: string;
  readonly epoch: number;
  readonly time: string | null;
  readonly replica: string;
  readonly reason: string;
  /** What `previous` was worse in, where the reason is `score`. */
  readonly detail: string | null;
  readonly previous: string | null;
  readonly previous_last_heard: string | null;
  /** From `previous_last_heard` to `time`. */
  readonly silence_seconds: number | null;
  /** `null`: from the beginning of time. */
  readonly samples_from: string | null;
  readonly partition: number;
  readonly offset: number;
}

/** An election for programs. */
export function electionJson(election: Election): ElectionJson {
  const silenceMs = silenceOf(election);
  return {
    tenant: election.tenant,
    cluster: election.cluster,
    epoch: election.epoch,
    time: rfc3339(election.electedAtMs),
    replica: election.replica,
    reason: election.reason,
    detail: election.detail,
    previous: election.previousReplica,
    previous_last_heard: rfc3339(election.previousReceivedAtMs),
    silence_seconds: silenceMs === null ? null : silenceMs / 1000,
    samples_from: rfc3339(election.fromTimestampMs),
    partition: election.sourcePartition,
    offset: election.sourceOffset,
  };
}

/** How long the replica elected before had been silent at an election, ms; `null` where there was none. */
export function silenceOf({ electedAtMs, previousReceivedAtMs }: Election): number | null {
  return previousReceivedAtMs === null ? null : electedAtMs - previousReceivedAtMs;
}
