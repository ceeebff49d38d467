import { describeEnvironment } from '../measure/environment.ts';
import { type AlertsResult } from './result.ts';
import { runAlerts, type AlertsLoad, type AlertsRun } from './run.ts';
import { ALERTS_SUBJECTS } from './subject.ts';

/** How long to measure. */
export interface AlertsBenchOptions {
  /** Rounds that count; there is no warm-up, as each run warms up by itself. */
  readonly rounds: number;
  /** Minutes of re-sending in a run. */
  readonly minutes: number;
  /** Told what happens, a line at a time. */
  readonly report: (line: string) => void;
}

const LOAD = {
  shape: { alerts: 10_000, groups: 1000 },
  grown: { alerts: 100_000, groups: 10_000 },
  silences: 500,
  replicas: 2,
  resendMs: 60_000,
  /** As a Prometheus from 3.0 on sends at most. */
  batch: 256,
} as const satisfies Omit<AlertsLoad, 'minutes'>;

/** Measures what alerts cost: `tandem alerts` beside Alertmanager, one after the other, beginning with another one each round. */
export async function benchAlerts({ rounds, minutes, report }: AlertsBenchOptions): Promise<AlertsResult> {
  const runs: (AlertsRun & { readonly round: number })[] = [];
  const subjects = new Map<string, AlertsResult['subjects'][number]>();
  for (let round = 1; round <= rounds; round++) {
    for (const id of round % 2 === 1 ? ALERTS_SUBJECTS : ALERTS_SUBJECTS.toReversed()) {
      const { about, ...run } = await runAlerts(id, { ...LOAD, minutes });
      subjects.set(id, { id, version: about.version, settings: about.settings });
      runs.push({ round, ...run });
      report(`round ${round}: ${describe(run)}`);
    }
  }
  return {
    benchmark: 'alerts',
    environment: await describeEnvironment(),
    settings: { rounds, minutes, ...LOAD },
    subjects: [...subjects.values()],
    runs,
  };
}

function describe({ subject, cpuSecondsPerMinute, peakMemoryBytes, post, delayMs, growth }: AlertsRun): string {
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  return [
    subject,
    `${cpuSecondsPerMinute.toFixed(2)} cpu-s a minute`,
    `peak ${mib(peakMemoryBytes)} MiB`,
    `post p99 ${post.p99.toFixed(1)} ms`,
    `delay p99 ${delayMs.p99.toFixed(0)} ms`,
    `growth ${growth.seconds.toFixed(1)} s, ${growth.cpuSeconds.toFixed(1)} cpu-s, peak ${mib(growth.peakMemoryBytes)} MiB`,
  ].join(', ');
}
