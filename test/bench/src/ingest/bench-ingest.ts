import { startKafka, type KafkaProcess } from '@tandem/testing';
import { makeBodies, shapeOf } from '../bodies/bodies.ts';
import { cpuSeconds } from '../measure/process-usage.ts';
import { describeEnvironment } from '../measure/environment.ts';
import { type IngestResult, type IngestRun } from './result.ts';
import { runOnce, type RunResult } from './run.ts';
import { SUBJECTS, type Subject, type SubjectDescription, type SubjectId } from './subject.ts';
import { tandemEmbedded, tandemOnKafka } from './tandem-subject.ts';
import { startVmagent } from './vmagent-subject.ts';
import { bodiesOf, WORKLOADS, type Workload, type WorkloadId } from './workloads.ts';

/** How long and how much to measure. */
export interface IngestBenchOptions {
  /** Rounds that count. */
  readonly rounds: number;
  /** Samples sent in one run of one subject. */
  readonly samplesPerRun: number;
  /** Which programs and which bodies; default all. */
  readonly select?: Selection;
  /** Told what happens, a line at a time. */
  readonly report: (line: string) => void;
}

/** A part of the benchmark, by ids. */
export interface Selection {
  readonly subjects: readonly SubjectId[];
  readonly workloads: readonly WorkloadId[];
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

/** A broker under a heavy load may be late with its signs of life; the launcher's 1 s is for tests that kill it. */
const BROKER_PROPERTIES = { 'broker.session.timeout.ms': '9000', 'broker.heartbeat.interval.ms': '2000' };

/** Measures what taking in remote write costs: Tandem's ingest on its two logs beside vmagent, in the same rounds. */
export async function benchIngest(options: IngestBenchOptions): Promise<IngestResult> {
  // The first scrape is an hour old, so that nothing lies in the future however long this takes.
  const origin = { seed: SEED, startMs: Math.floor(Date.now() / 1000) * 1000 - 3_600_000 };
  const workloads = WORKLOADS.filter(({ id }) => options.select?.workloads.includes(id) ?? true);
  const subjects = new Map<string, SubjectDescription>();
  const runs: IngestRun[] = [];
  const broker = await startKafka({ jvm: BROKER_JVM, properties: BROKER_PROPERTIES });
  try {
    for (const workload of workloads) {
      const measured = await measureWorkload(broker, workload, { ...options, ...origin });
      for (const description of measured.subjects) subjects.set(description.id, description);
      runs.push(...measured.runs);
    }
  } finally {
    await broker.stop();
  }
  return {
    benchmark: 'ingest',
    environment: await describeEnvironment(),
    settings: { ...origin, rounds: options.rounds, samplesPerRun: options.samplesPerRun, connections: CONNECTIONS },
    bodies: workloads.map((workload) => {
      const spec = bodiesOf(workload, origin);
      return { workload: workload.id, count: spec.count, ...shapeOf(spec, makeBodies(spec)) };
    }),
    broker: { jvm: BROKER_JVM },
    subjects: [...subjects.values()],
    runs,
  };
}

interface Measuring extends IngestBenchOptions {
  readonly seed: number;
  readonly startMs: number;
}

/** All rounds of one workload, each program in a process that gets nothing else, as in production. */
async function measureWorkload(
  broker: KafkaProcess,
  workload: Workload,
  options: Measuring,
): Promise<{ readonly subjects: readonly SubjectDescription[]; readonly runs: readonly IngestRun[] }> {
  const subjects: Subject[] = [];
  try {
    for (const start of startersOf(broker, workload, options.select)) subjects.push(await start());
    return {
      subjects: subjects.map(({ description }) => description),
      runs: await measureRounds(subjects, workload, options),
    };
  } finally {
    for (const subject of subjects) await subject.stop();
  }
}

type Starter = () => Promise<Subject>;

/** vmagent of this version has no path for 2.0 to compare with. */
function startersOf(broker: KafkaProcess, { protocol }: Workload, select?: Selection): readonly Starter[] {
  const starters: Readonly<Record<SubjectId, Starter>> = {
    'tandem-kafka': () => tandemOnKafka(broker),
    'tandem-embedded': tandemEmbedded,
    'vmagent-zstd': () => startVmagent('zstd'),
    'vmagent-snappy': () => startVmagent('snappy'),
  };
  const ids = protocol === 'v2' ? (['tandem-kafka', 'tandem-embedded'] as const) : SUBJECTS;
  return ids.filter((id) => select?.subjects.includes(id) ?? true).map((id) => starters[id]);
}

/**
 * Round by round each subject in turn, beginning with another one each time. The first round is a warm-up: compilers,
 * caches and heaps get into their usual state.
 */
async function measureRounds(
  subjects: readonly Subject[],
  workload: Workload,
  options: Measuring,
): Promise<readonly IngestRun[]> {
  const { samplesPerRun: samples, seed, startMs, report } = options;
  const runs: IngestRun[] = [];
  for (let round = 0; round <= options.rounds; round++) {
    const turn = round % subjects.length;
    for (const subject of [...subjects.slice(turn), ...subjects.slice(0, turn)]) {
      const result = await runOnce(subject, { workload, samples, connections: CONNECTIONS, seed, startMs });
      report(`${round === 0 ? 'warm-up' : `round ${round}`}: ${describe(result)}`);
      if (round > 0) runs.push({ round, ...result });
    }
  }
  return runs;
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
