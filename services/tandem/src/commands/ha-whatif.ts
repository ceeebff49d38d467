import { settingsResolver } from '@tandem/election';
import { EXIT_CODES } from '@tandem/lifecycle';

import { defined } from '../compose/defined.ts';
import { dedupSettings } from '../compose/settings.ts';
import { CommandExit } from '../config/command-exit.ts';
import { takeCluster } from '../ha/cluster-argument.ts';
import { durationFlag } from '../ha/duration-flag.ts';
import { withLogToRead } from '../ha/open-log-to-read.ts';
import { progressLines } from '../ha/progress.ts';
import { printReport } from '../ha/report.ts';
import { whatIf } from '../ha/what-if.ts';

/** Flags of `tandem ha whatif`. */
export interface HaWhatIfFlags {
  readonly tenant?: string;
  readonly failoverTimeout?: string;
  readonly failoverSampleTimeout?: string;
  readonly handover?: boolean;
  readonly range: string;
  readonly json?: boolean;
}

/** Replays a range with other settings. @returns 0 */
export async function haWhatIf(args: readonly string[], flags: HaWhatIfFlags): Promise<number> {
  const { tenant, json = false } = flags;
  const rangeMs = durationFlag('--range', flags.range, '6h') ?? 0;
  const failoverTimeoutMs =
    flags.failoverTimeout === 'auto'
      ? ('auto' as const)
      : durationFlag('--failover-timeout', flags.failoverTimeout, '10s');
  const instead = defined({
    failoverTimeoutMs,
    failoverSampleTimeoutMs: durationFlag('--failover-sample-timeout', flags.failoverSampleTimeout, '15s'),
    handover: flags.handover,
  });
  if (Object.keys(instead).length === 0) {
    const wanted = '--failover-timeout, --failover-sample-timeout, --handover or --no-handover';
    throw new CommandExit(EXIT_CODES.usage, `nothing to compare with: expected ${wanted}`);
  }
  const { cluster, argv } = takeCluster(args);
  const onProgress = progressLines({ doing: 'replaying', write: console.error, now: Date.now });
  const report = await withLogToRead(argv, (log, topics, config) => {
    const { elections, overrides = [] } = dedupSettings(config);
    const settingsOf = settingsResolver(elections, overrides);
    return whatIf(log, topics, { tenant, cluster, json, rangeMs, nowMs: Date.now(), settingsOf, instead, onProgress });
  });
  printReport(report);
  return 0;
}
