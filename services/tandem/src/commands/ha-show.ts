import { takeCluster } from '../ha/cluster-argument.ts';
import { withLogToRead } from '../ha/open-log-to-read.ts';
import { printReport } from '../ha/report.ts';
import { showCluster } from '../ha/show-cluster.ts';

/** Flags of `tandem ha show`. */
export interface HaShowFlags {
  readonly tenant?: string;
  readonly json?: boolean;
}

/** Shows a cluster and its newest elections. @returns 0 */
export async function haShow(args: readonly string[], { tenant, json = false }: HaShowFlags): Promise<number> {
  const { cluster, argv } = takeCluster(args);
  const query = { tenant, cluster, json, nowMs: Date.now() };
  printReport(await withLogToRead(argv, (reader, topics) => showCluster(reader, topics, query)));
  return 0;
}
