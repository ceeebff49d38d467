import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from '../config/command-exit.ts';
import { takeCluster } from '../ha/cluster-argument.ts';
import { clusterLedger, type LedgerBy } from '../ha/cluster-ledger.ts';
import { durationFlag } from '../ha/duration-flag.ts';
import { withLogToRead } from '../ha/open-log-to-read.ts';
import { printReport } from '../ha/report.ts';

/** Flags of `tandem ha ledger`. */
export interface HaLedgerFlags {
  readonly tenant?: string;
  readonly range: string;
  readonly by: string;
  readonly json?: boolean;
}

/** Says what was received of a cluster, and what became of it. @returns 0 */
export async function haLedger(args: readonly string[], flags: HaLedgerFlags): Promise<number> {
  const { tenant, json = false } = flags;
  const rangeMs = durationFlag('--range', flags.range, '1h') ?? 0;
  const by = byOf(flags.by);
  const { cluster, argv } = takeCluster(args);
  const query = { tenant, cluster, json, rangeMs, by, nowMs: Date.now() };
  printReport(await withLogToRead(argv, (log, topics) => clusterLedger(log, topics, query)));
  return 0;
}

function byOf(text: string): LedgerBy {
  if (text === 'minute' || text === 'replica') return text;
  throw new CommandExit(EXIT_CODES.usage, `--by: expected minute or replica, got "${text}"`);
}
