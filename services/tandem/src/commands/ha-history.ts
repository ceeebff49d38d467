import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from '../config/command-exit.ts';
import { takeCluster } from '../ha/cluster-argument.ts';
import { clusterHistory } from '../ha/cluster-history.ts';
import { durationFlag } from '../ha/duration-flag.ts';
import { withLogToRead } from '../ha/open-log-to-read.ts';
import { printReport } from '../ha/report.ts';

/** Flags of `tandem ha history`. */
export interface HaHistoryFlags {
  readonly tenant?: string;
  readonly since?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** Lists the elections of a cluster. @returns 0 */
export async function haHistory(args: readonly string[], flags: HaHistoryFlags): Promise<number> {
  const { tenant, since, json = false } = flags;
  const limit = Number(flags.limit);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new CommandExit(EXIT_CODES.usage, `--limit: expected a whole number from 1 up, got "${flags.limit}"`);
  }
  const sinceMs = durationFlag('--since', since, '24h');
  const { cluster, argv } = takeCluster(args);
  const query = { tenant, cluster, sinceMs, limit, json, nowMs: Date.now() };
  printReport(await withLogToRead(argv, (reader, topics) => clusterHistory(reader, topics, query)));
  return 0;
}
