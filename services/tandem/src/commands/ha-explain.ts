import { parseTime } from '@tandem/config';
import { EXIT_CODES } from '@tandem/lifecycle';

import { dedupSettings } from '../compose/settings.ts';
import { CommandExit } from '../config/command-exit.ts';
import { durationFlag } from '../ha/duration-flag.ts';
import { explainSeries } from '../ha/explain-series.ts';
import { withLogToRead } from '../ha/open-log-to-read.ts';
import { takeOperands } from '../ha/operands.ts';
import { printReport } from '../ha/report.ts';
import { parseSelector } from '../ha/series-selector.ts';

/** Flags of `tandem ha explain`. */
export interface HaExplainFlags {
  readonly tenant?: string;
  readonly window: string;
  readonly search: string;
  readonly json?: boolean;
}

const USAGE = `tandem ha explain 'up{cluster="team1"}' 2026-03-01T12:00:00Z`;

/** Explains what became of a series' samples near a time. @returns 0 */
export async function haExplain(args: readonly string[], flags: HaExplainFlags): Promise<number> {
  const { tenant, json = false } = flags;
  const windowMs = durationFlag('--window', flags.window, '30s') ?? 0;
  const searchMs = durationFlag('--search', flags.search, '1h') ?? 0;
  const wanted = ['series', 'time'].map((name) => ({ name, usage: USAGE }));
  const { operands, argv } = takeOperands(args, wanted);
  const [series = '', time = ''] = operands;
  const selector = parseSelector(series);
  if (!selector.ok) throw new CommandExit(EXIT_CODES.usage, `cannot read SERIES: ${selector.problem}: ${series}`);
  const timeMs = parseTime(time);
  if (timeMs === undefined) {
    throw new CommandExit(EXIT_CODES.usage, `TIME: expected RFC 3339 or Unix seconds, got "${time}"`);
  }
  // What is to be shown was appended after its own time at the earliest.
  const appendedMs = Math.max(searchMs, windowMs);
  const query = { tenant, json, matchers: selector.matchers, timeMs, windowMs, searchMs: appendedMs };
  const report = await withLogToRead(argv, (log, topics, config) => {
    const { group, replicaLabel, seamWindowMs, maxDecodedBytes } = dedupSettings(config);
    const clusterLabel = config.dedup.cluster_label;
    return explainSeries(log, topics, query, { clusterLabel, replicaLabel, group, seamWindowMs, maxDecodedBytes });
  });
  printReport(report);
  return 0;
}
