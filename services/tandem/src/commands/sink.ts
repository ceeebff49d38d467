import { parseAddress } from '@tandem/config';
import { App, EXIT_CODES, runUntilSignal } from '@tandem/lifecycle';
import { createLogger, createMetrics } from '@tandem/telemetry';

import { CommandExit } from '../config/command-exit.ts';
import { type SinkReport } from '../sink/checker.ts';
import { createSink } from '../sink/sink.ts';
import { VERSION } from '../version.ts';

/** Flags of `tandem sink`. */
export interface SinkFlags {
  readonly listenAddress: string;
  readonly replicaLabel: string;
  readonly maxSeries: string;
}

/** Runs a checking sink until it is told to stop. @returns 0 when it saw one clean copy, 1 otherwise */
export async function runSink(flags: SinkFlags): Promise<number> {
  const listenAddress = parseAddress(flags.listenAddress);
  const maxSeries = Number(flags.maxSeries);
  if (listenAddress === undefined) {
    throw new CommandExit(
      EXIT_CODES.usage,
      `--listen-address: expected an address such as :9470, got "${flags.listenAddress}"`,
    );
  }
  if (!Number.isSafeInteger(maxSeries) || maxSeries < 1) {
    throw new CommandExit(EXIT_CODES.usage, `--max-series: expected a whole number, got "${flags.maxSeries}"`);
  }
  const logger = createLogger({ level: 'info', format: 'logfmt' });
  const sink = createSink({
    listenAddress,
    replicaLabel: flags.replicaLabel,
    maxSeries,
    logger: logger.child({ component: 'sink' }),
    metrics: createMetrics({ version: VERSION }),
  });
  const code = await runUntilSignal(new App({ components: [sink.server], logger }), {
    logger,
    host: { on: process.on.bind(process), off: process.off.bind(process), exit: () => undefined },
  });
  const report = sink.report();
  console.log(JSON.stringify(report, undefined, 2));
  return code === EXIT_CODES.clean && !isClean(report) ? EXIT_CODES.failed : code;
}

/** One copy, in order, without the replica label. Holes are told, not judged: a source may have them. */
export function isClean(report: SinkReport): boolean {
  return report.twice === 0 && report.late === 0 && report.seriesWithReplicaLabel === 0;
}
