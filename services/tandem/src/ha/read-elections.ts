import { clusterId, electionRecord, type Election } from '@tandem/records';
import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type ClusterName, type ClusterQuery } from './cluster-name.ts';
import { readTopic } from './read-topic.ts';

/** How far the clocks of two brokers may be apart, ms: a record may seem appended before the one that caused it. */
const CLOCK_MARGIN_MS = 60_000;

/** Elections of the clusters that were asked for. */
export interface ElectionsRead {
  /** In the order of log time. Of all tenants with such a cluster, where none was named. */
  readonly elections: readonly Election[];
  /** Every cluster that had an election in what was read, whether it was asked for or not. */
  readonly names: readonly ClusterName[];
  /** Records that cannot be read, of any cluster. */
  readonly unreadable: number;
}

/** Reads the topic `elections` to the barrier; `sinceMs` is log time, Unix ms. @throws {LogError} `unknown-topic` */
export async function readElections(
  reader: RecordReader,
  topic: string,
  { tenant, cluster, sinceMs = 0 }: ClusterQuery & { readonly sinceMs?: number | undefined },
): Promise<ElectionsRead> {
  const elections: Election[] = [];
  const names = new Map<string, ClusterName>();
  let unreadable = 0;
  const apply = (record: LogRecord): void => {
    const decoded = electionRecord.decode(record);
    if (!decoded.ok) {
      unreadable += 1;
      return;
    }
    const election = decoded.value;
    names.set(clusterId(election.tenant, election.cluster), { tenant: election.tenant, cluster: election.cluster });
    const isWanted = election.cluster === cluster && (tenant === undefined || election.tenant === tenant);
    if (isWanted && election.electedAtMs >= sinceMs) elections.push(election);
  };
  await readTopic(reader, { topic, fromMs: sinceMs === 0 ? undefined : sinceMs - CLOCK_MARGIN_MS, apply });
  return { elections: elections.toSorted(inOrder), names: [...names.values()], unreadable };
}

/** By log time: epochs begin anew where the log was emptied. */
function inOrder(a: Election, b: Election): number {
  return a.electedAtMs - b.electedAtMs || a.epoch - b.epoch;
}
