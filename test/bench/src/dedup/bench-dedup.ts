import { describeEnvironment } from '../measure/environment.ts';
import { WORKLOADS, type WorkloadId } from '../ingest/workloads.ts';
import { runCatchUp, type CatchUpRun } from './catch-up.ts';
import { runMemory, type MemoryRun } from './memory.ts';
import { recordBodies, type Recording } from './record-bodies.ts';
import { type DedupResult } from './result.ts';
import { bodyCost } from './snappy-share.ts';
import { fillLog, runThroughput, SENDERS, type SenderId, type ThroughputRun } from './throughput.ts';

/** How long and how much to measure. */
export interface DedupBenchOptions {
  /** Rounds that count. */
  readonly rounds: number;
  /** Samples of each replica that dedup goes through in one run. */
  readonly samplesPerRun: number;
  /** Which bodies; default all. */
  readonly workloads: readonly WorkloadId[];
  /** Told what happens, a line at a time. */
  readonly report: (line: string) => void;
}

const SEED = 20_261_121;
/** Series of one cluster. */
const SERIES = 10_000;
const SUBJECTS = Object.keys(SENDERS) as readonly SenderId[];

/** Measures what dedup costs: a pair beside one replica alone, what it remembers, and a failover. */
export async function benchDedup(options: DedupBenchOptions): Promise<DedupResult> {
  const { rounds, samplesPerRun, report } = options;
  const workloads = WORKLOADS.map(({ id }) => id).filter((id) => options.workloads.includes(id));
  const recording = await recordBodies(SEED, SERIES);
  report(`recorded ${recording.scrapes} scrapes of ${recording.series} series by Prometheus ${recording.version}`);
  const bodies = workloads.map((workload) => bodyCost(recording, workload));
  for (const { workload, ...cost } of bodies) report(`${workload} body: ${JSON.stringify(cost)}`);
  const throughput: (ThroughputRun & { readonly round: number })[] = [];
  for (const workload of workloads) throughput.push(...(await measureRounds(recording, workload, options)));
  const memory: MemoryRun[] = [];
  const catchUp: CatchUpRun[] = [];
  // The larger bodies of each protocol: what Prometheus sends by default.
  for (const workload of workloads.filter((id) => id.endsWith('/2000'))) {
    memory.push(await runMemory(recording, workload));
    catchUp.push(await runCatchUp(recording, workload));
    report(`${workload}: ${JSON.stringify(memory.at(-1))} ${JSON.stringify(catchUp.at(-1))}`);
  }
  return {
    benchmark: 'dedup',
    environment: await describeEnvironment(),
    settings: { rounds, samplesPerRun, seed: SEED },
    recording: { prometheus: recording.version, series: recording.series, scrapes: recording.scrapes },
    bodies,
    throughput,
    memory,
    catchUp,
  };
}

/** Round by round a pair and one replica alone, each beginning every other time. */
async function measureRounds(
  recording: Recording,
  workload: WorkloadId,
  { rounds, samplesPerRun: samples, report }: DedupBenchOptions,
): Promise<readonly (ThroughputRun & { readonly round: number })[]> {
  const logs = [];
  const runs: (ThroughputRun & { readonly round: number })[] = [];
  try {
    for (const senders of SUBJECTS) logs.push(await fillLog(recording, { workload, senders, samples }));
    for (let round = 1; round <= rounds; round++) {
      for (const log of round % 2 === 0 ? logs.toReversed() : logs) {
        const run = await runThroughput(log);
        runs.push({ round, ...run });
        const rate = run.samples / run.cpuSeconds / 1e6;
        report(`round ${round}, ${workload}, ${run.senders}: ${rate.toFixed(2)} M samples per CPU second`);
      }
    }
  } finally {
    for (const { dir } of logs) await dir.remove();
  }
  return runs;
}
