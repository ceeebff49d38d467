import { listClusters } from '../ha/list-clusters.ts';
import { withLogToRead } from '../ha/open-log-to-read.ts';
import { printReport } from '../ha/report.ts';

/** Flags of `tandem ha list`. */
export interface HaListFlags {
  readonly tenant?: string;
  readonly json?: boolean;
}

/** Lists every cluster and who is elected in it. @returns 0 */
export async function haList(argv: readonly string[], { tenant, json = false }: HaListFlags): Promise<number> {
  const query = { tenant, json, nowMs: Date.now() };
  printReport(await withLogToRead(argv, (reader, topics) => listClusters(reader, topics, query)));
  return 0;
}
