import { type Decision, type ElectionTable, type JudgedRecord } from '../src/index.ts';

/** A sender, in the words of a test; a value may be a function of the time, seconds. */
export interface Sender {
  readonly replica: string;
  /** Seconds between its records, and when the first one comes. */
  readonly every: number;
  readonly from?: number;
  readonly until?: number;
  /** How far its newest sample is behind the log, seconds. Default: 1. */
  readonly lag?: (at: number) => number;
  /** Samples per record. Default: 100. */
  readonly samples?: (at: number) => number;
  /** Samples of `up`, and those of them that are 0. Default: 10 and 0. */
  readonly up?: (at: number) => readonly [samples: number, down: number];
  /** Seconds by which a record is early or late. Default: 0. */
  readonly jitter?: (at: number) => number;
}

/** Log time at which the senders of a test begin, ms. */
export const BEGIN_MS = 1_700_000_000_000;

/** Records of senders of one cluster over so many seconds, in their order. */
export function recordsOf(senders: readonly Sender[], seconds: number): readonly JudgedRecord[] {
  return senders
    .flatMap((sender) => recordsOfOne(sender, seconds))
    .sort((one, other) => one.timestampMs - other.timestampMs);
}

function recordsOfOne(sender: Sender, seconds: number): readonly JudgedRecord[] {
  const { replica, every, from = 0, until = Infinity, jitter = () => 0 } = sender;
  const { lag = () => 1, samples = () => 100, up = () => [10, 0] as const } = sender;
  const records: JudgedRecord[] = [];
  for (let at = from; at < Math.min(seconds, until); at += every) {
    const [upSamples, downSamples] = up(at);
    const maxTimestampMs = Math.round(BEGIN_MS + (at - lag(at)) * 1000);
    records.push({
      tenant: 'user',
      cluster: 'user/c',
      replica,
      timestampMs: Math.round(BEGIN_MS + (at + Math.max(0, jitter(at))) * 1000),
      ...{ minTimestampMs: maxTimestampMs, maxTimestampMs, samples: samples(at), sizeBytes: 1000 },
      ...{ upSamples, downSamples },
    });
  }
  return records;
}

/** An election as a test looks at it: seconds, replica, reason and detail. */
export type Held = readonly [at: number, replica: string, why: string];

/** Shows records to a table; the elections held. */
export function elections(table: ElectionTable, records: readonly JudgedRecord[]): readonly Held[] {
  return records.flatMap((record) => {
    table.advance(record.timestampMs);
    return heldBy(table.judge(record));
  });
}

function heldBy({ effect }: Decision): readonly Held[] {
  if (effect?.kind !== 'elect') return [];
  const { electedAtMs, replica, reason, detail } = effect.election;
  return [[(electedAtMs - BEGIN_MS) / 1000, replica, detail === undefined ? reason : `${reason} ${detail}`]];
}
