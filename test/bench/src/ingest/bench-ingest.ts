import { startKafka, type KafkaProcess } from '@tandem/testing';
import { makeBodies, shapeOf } from '../bodies/bodies.ts';
import { cpuSeconds } from '../measure/process-usage.ts';
import { describeEnvironment } from '../measure/environment.ts';
import { type IngestResult, type IngestRun } from './result.ts';
import { runOnce, type RunResult } from './run.ts';
import { type Subject } from './subject.ts';
import { tandemEmbedded, tandemOnKafka } from './tandem-subject.ts';
import { startVmagent } from './vmagent-subject.ts';
import { bodiesOf, WORKLOADS, type Workload } from './workloads.ts';

/** How long and how much to measure. */
export interface IngestBenchOptions {
  /** Rounds that count. */
  readonly rounds: number;
  /** Samples sent in one run of one subject. */
  readonly samplesPerRun: number;
  /** Told what happens, a line at a time. */
  readonly report: (line: string) => void;
}

const CONNECTIONS = 32;
const SEED = 20_261_121;

/** As `kafka-server-start.sh` starts a broker by default. */
const BROKER_JVM = [
  '-Xmx1g',
  '-Xms1g',
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-Djava.awt.headless=true',
];

/** Measures what taking in remote write costs: Tandem's ingest on its two logs beside vmagent, in the same rounds. */
export async function benchIngest(options: IngestBenchOptions): Promise<IngestResult> {
  // The first scrape is an hour old, so that nothing lies in the future however long this takes.
  const origin = { seed: SEED, startMs: Math.floor(Date.now() / 1000) * 1000 - 3_600_000 };
  const started: (() => Promise<void>)[] = [];
  try {
    const subjects = await startSubjects(started, options.report);
    const runs = await measure(subjects, { ...options, ...origin });
    return {
      benchmark: 'ingest',
      environment: await describeEnvironment(),
      settings: { ...origin, rounds: options.rounds, samplesPerRun: options.samplesPerRun, connections: CONNECTIONS },
      bodies: WORKLOADS.map((workload) => {
        const spec = bodiesOf(workload, origin);
        return { workload: workload.id, count: spec.count, ...shapeOf(spec, makeBodies(spec)) };
      }),
      broker: { jvm: BROKER_JVM },
      subjects: subjects.map(({ description }) => description),
      runs,
    };
  } finally {
    for (const stop of started.reverse()) await stop();
  }
}

async function startSubjects(
  started: (() => Promise<void>)[],
  report: (line: string) => void,
): Promise<readonly Subject[]> {
  const subjects: Subject[] = [];
  const add = async (starting: Promise<Subject>): Promise<void> => {
    const subject = await starting;
    started.push(() => subject.stop());
    subjects.push(subject);
    report(`${subject.description.id} ${subject.description.version}: ${subject.description.settings.join(', ')}`);
  };
  const broker: KafkaProcess = await startKafka({ jvm: BROKER_JVM });
  started.push(() => broker.stop());
  await add(tandemOnKafka(broker));
  await add(tandemEmbedded());
  await add(startVmagent('zstd'));
  await add(startVmagent('snappy'));
  return subjects;
}

interface Measuring extends IngestBenchOptions {
  readonly seed: number;
  readonly startMs: number;
}

/**
 * Round by round: each workload on each subject, beginning with another subject each time. The first round is a warm-up:
 * compilers, caches and heaps get into their usual state.
 */
async function measure(subjects: readonly Subject[], options: Measuring): Promise<readonly IngestRun[]> {
  const runs: IngestRun[] = [];
  const { samplesPerRun, seed, startMs, report } = options;
  for (let round = 0; round <= options.rounds; round++) {
    for (const { subject, workload } of schedule(subjects, round)) {
      const result = await runOnce(subject, {
        workload,
        samples: samplesPerRun,
        connections: CONNECTIONS,
        seed,
        startMs,
      });
      report(`${round === 0 ? 'warm-up' : `round ${round}`}: ${describe(result)}`);
      if (round > 0) runs.push({ round, ...result });
    }
  }
  return runs;
}

function schedule(
  subjects: readonly Subject[],
  round: number,
): readonly { readonly subject: Subject; readonly workload: Workload }[] {
  const turn = round % subjects.length;
  const order = [...subjects.slice(turn), ...subjects.slice(0, turn)];
  return WORKLOADS.flatMap((workload) =>
    order.filter(({ workloads }) => workloads.includes(workload)).map((subject) => ({ subject, workload })),
  );
}

function describe({ subject, workload, load, cpu, behindCpu }: RunResult): string {
  const perMillion = (seconds: number) => ((seconds * 1e6) / load.samples).toFixed(3);
  return [
    `${subject} ${workload}`,
    `${perMillion(cpuSeconds(cpu))} cpu-s/M`,
    ...(behindCpu === undefined ? [] : [`${perMillion(cpuSeconds(behindCpu))} behind it`]),
    `${(load.samples / load.wallSeconds / 1e6).toFixed(2)} M/s`,
    `p50 ${load.latencyMs.p50.toFixed(1)} ms, p99 ${load.latencyMs.p99.toFixed(1)} ms`,
  ].join(', ');
}
