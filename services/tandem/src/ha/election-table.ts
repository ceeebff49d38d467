import { type Election } from '@tandem/records';

import { silenceOf } from './election-json.ts';
import { formatTable } from './table.ts';
import { formatSpan, formatTime, formatTimeAndAge, NOTHING } from './times.ts';

/** The columns of {@link electionRow}. */
export const ELECTION_HEAD = [
  'EPOCH',
  'TIME',
  'REPLICA',
  'REASON',
  'PREVIOUS',
  'PREVIOUS-LAST-HEARD',
  'SILENCE',
  'SAMPLE-INTERVAL-FROM',
  'PARTITION/OFFSET',
];

/** Elections for people, a line each; `nowMs` is for ages. */
export function electionTable(elections: readonly Election[], nowMs: number): string {
  return formatTable(
    ELECTION_HEAD,
    elections.map((election) => electionRow(election, nowMs)),
  );
}

/** An election as a line of a table. */
export function electionRow(election: Election, nowMs: number): readonly string[] {
  const silenceMs = silenceOf(election);
  return [
    String(election.epoch),
    formatTimeAndAge(election.electedAtMs, nowMs),
    election.replica,
    election.detail === null ? election.reason : `${election.reason} (${election.detail})`,
    election.previousReplica ?? NOTHING,
    formatTime(election.previousReceivedAtMs),
    silenceMs === null ? NOTHING : formatSpan(silenceMs),
    formatTime(election.fromTimestampMs),
    `${election.sourcePartition}/${election.sourceOffset}`,
  ];
}
