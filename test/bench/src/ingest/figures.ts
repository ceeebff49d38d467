import { cpuSeconds } from '../measure/process-usage.ts';
import { spreadOf, type Spread } from '../measure/statistics.ts';
import { type IngestResult, type IngestRun } from './result.ts';

/** What the runs of one subject on one workload come to, over the rounds. */
export interface Figures {
  /** CPU seconds per million samples. */
  readonly cpu: Spread;
  /** The same of the process behind the subject. */
  readonly behindCpu?: Spread;
  /** Million samples a second, as the load generator saw it. */
  readonly rate: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly peakMemoryBytes: Spread;
}

/** CPU seconds of a subject per million samples. */
export function cpuPerMillion(run: IngestRun): number {
  return (cpuSeconds(run.cpu) * 1e6) / run.load.samples;
}

/** CPU seconds of the process behind a subject per million samples; 0 where there is none. */
export function behindCpuPerMillion(run: IngestRun): number {
  return run.behindCpu === undefined ? 0 : (cpuSeconds(run.behindCpu) * 1e6) / run.load.samples;
}

/** Sums up a subject on a workload; `undefined` when it was not run there. */
export function figuresOf(result: IngestResult, subject: string, workload: string): Figures | undefined {
  const runs = result.runs.filter((run) => run.subject === subject && run.workload === workload);
  if (runs.length === 0) return undefined;
  const spread = (value: (run: IngestRun) => number): Spread => spreadOf(runs.map(value));
  return {
    cpu: spread(cpuPerMillion),
    ...(runs.every(({ behindCpu }) => behindCpu !== undefined) ? { behindCpu: spread(behindCpuPerMillion) } : {}),
    rate: spread(({ load }) => load.samples / load.wallSeconds / 1e6),
    p50Ms: spread(({ load }) => load.latencyMs.p50),
    p99Ms: spread(({ load }) => load.latencyMs.p99),
    peakMemoryBytes: spread(({ peakMemoryBytes }) => peakMemoryBytes),
  };
}

/** Two subjects, and whether the process behind the second one counts as part of it. */
export interface Comparison {
  readonly peer: string;
  readonly subject: string;
  readonly workload: string;
  readonly withBehind: boolean;
}

/** CPU of the peer over that of the subject, round by round: above 1 the subject needs less. */
export function ratioOf(result: IngestResult, comparison: Comparison): Spread | undefined {
  const { peer, subject, workload, withBehind } = comparison;
  const ratios = result.runs.flatMap((run) => {
    if (run.subject !== subject || run.workload !== workload) return [];
    const cpu = cpuPerMillion(run) + (withBehind ? behindCpuPerMillion(run) : 0);
    return result.runs
      .filter((other) => other.subject === peer && other.workload === workload && other.round === run.round)
      .map((other) => cpuPerMillion(other) / cpu);
  });
  return ratios.length === 0 ? undefined : spreadOf(ratios);
}
