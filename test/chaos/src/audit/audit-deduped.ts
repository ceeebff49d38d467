import { type DedupedHeaders } from '@tandem/records';

import { type Sample } from '../samples.ts';
import { type Contents, type Opened } from './contents.ts';
import { type Findings } from './findings.ts';
import { type Expectation, type ExpectedElection, type ExpectedRecord } from './oracle.ts';

/** `deduped`, `elections` and `clusters` are what must come of `samples`: all of it, once, in order, and nothing else. */
export function auditDeduped(contents: Contents, expected: Expectation, findings: Findings): void {
  auditRecords(contents.deduped, expected.records, findings);
  auditHighTimestamps(contents.deduped, findings);
  auditSeries(contents.deduped, findings);
  auditElections(contents, expected.elections, findings);
  for (const { partition, offset, value } of contents.rejects) {
    findings.add('rejected', `${value.by}: ${value.reason}: ${value.detail} at ${partition}/${offset}`);
  }
}

function auditRecords(
  deduped: readonly Opened<DedupedHeaders>[],
  expected: readonly ExpectedRecord[],
  findings: Findings,
): void {
  const wanted = bySource(expected);
  const found = new Map<string, number>();
  const last = new Map<string, number>();
  for (const record of deduped) {
    const source = sourceOf(record.headers);
    const times = found.get(source) ?? 0;
    const want = wanted.get(source)?.[times];
    found.set(source, times + 1);
    if (want !== undefined) auditRecord(record, want, last, findings);
    else
      findings.add(times > 0 ? 'record twice in deduped' : 'record in deduped that must not be there', placeOf(record));
  }
  const missing = [...wanted].flatMap(([source, records]) => records.slice(found.get(source) ?? 0));
  for (const { samples, sourceOffset } of missing) {
    findings.add('missing in deduped', `${describe(samples[0])} … from offset ${sourceOffset}`);
  }
}

/** The header says what the newest sample of everything before it in the partition was. */
function auditHighTimestamps(deduped: readonly Opened<DedupedHeaders>[], findings: Findings): void {
  const highMs = new Map<number, number>();
  for (const record of deduped) {
    const { partition, headers, samples } = record;
    const high = highMs.get(partition);
    if (headers.highTimestampMs !== high) {
      findings.add('high-ts wrong', `${placeOf(record)}: ${String(headers.highTimestampMs)}, not ${String(high)}`);
    }
    highMs.set(partition, Math.max(high ?? -Infinity, ...samples.map((s) => s.timestampMs)));
  }
}

function sourceOf({ sourcePartition, sourceOffset }: DedupedHeaders): string {
  return `${sourcePartition}/${sourceOffset}`;
}

function placeOf({ partition, offset, headers }: Opened<DedupedHeaders>): string {
  return `${partition}/${offset} (from ${sourceOf(headers)})`;
}

interface RankedRecord extends ExpectedRecord {
  /** Its place among all. */
  readonly rank: number;
}

/** By the record of `samples` they come from: besides its own samples, stale markers may. */
function bySource(expected: readonly ExpectedRecord[]): ReadonlyMap<string, readonly RankedRecord[]> {
  const records = new Map<string, RankedRecord[]>();
  for (const [rank, record] of expected.entries()) {
    const source = `${record.sourcePartition}/${record.sourceOffset}`;
    const others = records.get(source);
    if (others === undefined) records.set(source, [{ ...record, rank }]);
    else others.push({ ...record, rank });
  }
  return records;
}

function auditRecord(
  record: Opened<DedupedHeaders>,
  want: RankedRecord,
  /** Ranks of the newest records, by partition and cluster: across clusters there is no order. */
  last: Map<string, number>,
  findings: Findings,
): void {
  const { partition, headers, samples } = record;
  const at = placeOf(record);
  if (partition !== want.sourcePartition) findings.add('record in another partition than its source', at);
  const election = `epoch ${String(headers.epoch)} of ${String(headers.pair?.replica)}`;
  const wantedElection = `epoch ${String(want.epoch)} of ${String(want.replica)}`;
  if (election !== wantedElection)
    findings.add('record under another election', `${at}: ${election}, not ${wantedElection}`);
  const got = samples.map(describe).join(' ');
  const wanted = want.samples.map(describe).join(' ');
  if (got !== wanted) findings.add('samples of a record differ', `${at}: ${got}, not ${wanted}`);
  const group = `${partition}/${want.cluster ?? ''}`;
  if (want.rank < (last.get(group) ?? -1)) findings.add('record out of order in deduped', at);
  last.set(group, want.rank);
}

/** What a reader of the topic relies on, whatever the records say of themselves. */
function auditSeries(deduped: readonly Opened<DedupedHeaders>[], findings: Findings): void {
  const newestMs = new Map<string, number>();
  for (const { partition, offset, samples } of deduped) {
    for (const sample of samples) {
      const { series, timestampMs, replica } = sample;
      const at = `${describe(sample)} at ${partition}/${offset}`;
      const newest = newestMs.get(series) ?? -Infinity;
      if (timestampMs === newest) findings.add('sample twice in deduped', at);
      else if (timestampMs < newest) findings.add('series goes back in deduped', at);
      newestMs.set(series, timestampMs);
      if (replica !== '') findings.add('replica label in deduped', at);
    }
  }
}

function auditElections(contents: Contents, expected: readonly ExpectedElection[], findings: Findings): void {
  const wanted = expected.map((one) => electionLine(one)).toSorted();
  const got = contents.elections.map(({ value }) => electionLine(value)).toSorted();
  if (got.join('\n') !== wanted.join('\n')) findings.add('elections', `${got.join(', ')}; not ${wanted.join(', ')}`);
  const last = new Map(expected.map((one) => [one.cluster, `epoch ${one.epoch} of ${one.replica}`]));
  const stored = new Map(
    contents.clusters.map(({ value }) => [value.cluster, `epoch ${value.epoch} of ${String(value.replica)}`]),
  );
  for (const [cluster, state] of last) {
    if (stored.get(cluster) !== state)
      findings.add('clusters', `${cluster}: ${String(stored.get(cluster))}, not ${state}`);
  }
}

function electionLine(one: Omit<ExpectedElection, 'silenceMs'>): string {
  return `${one.cluster} ${one.epoch} ${one.replica} from ${one.sourcePartition}/${one.sourceOffset}`;
}

function describe(sample: Sample | undefined): string {
  return sample === undefined ? 'nothing' : `${sample.series}@${sample.timestampMs}=${sample.value}`;
}
