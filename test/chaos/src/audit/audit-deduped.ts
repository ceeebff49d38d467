import { type DedupedHeaders } from '@tandem/records';

import { type Sample } from '../samples.ts';
import { type Contents, type Opened } from './contents.ts';
import { type Findings } from './findings.ts';
import { type Expectation, type ExpectedElection, type ExpectedRecord } from './oracle.ts';

/** `deduped`, `elections` and `clusters` are what must come of `samples`: all of it, once, in order, and nothing else. */
export function auditDeduped(contents: Contents, expected: Expectation, findings: Findings): void {
  auditRecords(contents.deduped, expected.records, findings);
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
  const wanted = new Map(expected.map((record) => [`${record.sourcePartition}/${record.sourceOffset}`, record]));
  const found = new Set<string>();
  const last = new Map<number, number>();
  const highMs = new Map<number, number>();
  for (const record of deduped) {
    const { partition, headers, samples } = record;
    const source = `${headers.sourcePartition}/${headers.sourceOffset}`;
    const at = `${partition}/${record.offset} (from ${source})`;
    const want = wanted.get(source);
    if (found.has(source)) findings.add('record twice in deduped', at);
    else if (want === undefined) findings.add('record in deduped that must not be there', at);
    else auditRecord(record, want, at, findings);
    found.add(source);
    if (headers.sourceOffset < (last.get(partition) ?? -1)) findings.add('record out of order in deduped', at);
    last.set(partition, headers.sourceOffset);
    if (headers.highTimestampMs !== highMs.get(partition)) {
      findings.add('high-ts wrong', `${at}: ${String(headers.highTimestampMs)}, not ${String(highMs.get(partition))}`);
    }
    highMs.set(partition, Math.max(highMs.get(partition) ?? -Infinity, ...samples.map((s) => s.timestampMs)));
  }
  for (const [source, { samples }] of wanted) {
    if (!found.has(source)) findings.add('missing in deduped', `${describe(samples[0])} … from ${source}`);
  }
}

function auditRecord(
  { partition, headers, samples }: Opened<DedupedHeaders>,
  want: ExpectedRecord,
  at: string,
  findings: Findings,
): void {
  if (partition !== want.sourcePartition) findings.add('record in another partition than its source', at);
  if (headers.epoch !== want.epoch || headers.pair?.replica !== want.replica) {
    const { epoch, replica } = want;
    findings.add(
      'record under another election',
      `${at}: epoch ${String(headers.epoch)} of ${String(headers.pair?.replica)}, not ${String(epoch)} of ${String(replica)}`,
    );
  }
  const got = samples.map(describe).join(' ');
  const wanted = want.samples.map(describe).join(' ');
  if (got !== wanted) findings.add('samples of a record differ', `${at}: ${got}, not ${wanted}`);
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
