import { type LoadResult } from '../load/job.ts';
import { runLoad } from '../load/run-load.ts';
import { cpuBetween, cpuOf, peakMemoryOf, resetPeakMemory, type CpuUsage } from '../measure/process-usage.ts';
import { type Subject } from './subject.ts';
import { bodiesOf, type Workload } from './workloads.ts';

/** How one run is loaded. */
export interface RunOptions {
  readonly workload: Workload;
  readonly samples: number;
  readonly connections: number;
  readonly seed: number;
  /** Time of the first scrape, Unix ms. */
  readonly startMs: number;
}

/** What was measured in one run of one subject; every sample was acknowledged and arrived. */
export interface RunResult {
  readonly subject: string;
  readonly workload: string;
  readonly load: LoadResult;
  readonly cpu: CpuUsage;
  /** CPU of the process behind the subject: the broker. */
  readonly behindCpu?: CpuUsage;
  /** Peak of the subject's resident memory during this run, bytes. */
  readonly peakMemoryBytes: number;
}

/**
 * Loads a subject once and measures it until it has nothing left to do.
 *
 * @throws {Error} when something was not acknowledged, or what was did not arrive
 */
export async function runOnce(subject: Subject, options: RunOptions): Promise<RunResult> {
  const { workload } = options;
  const arrival = await subject.begin();
  await resetPeakMemory(subject.pid);
  const before = await readCpu(subject);
  const load = await runLoad({
    url: subject.writeUrl,
    bodies: bodiesOf(workload, options),
    requests: Math.ceil(options.samples / workload.samples),
    connections: options.connections,
  });
  await arrival.idle();
  const after = await readCpu(subject);
  const peakMemoryBytes = await peakMemoryOf(subject.pid);
  const arrived = await arrival.count();
  if (arrived.samples !== load.samples || arrived.requests !== load.requests) {
    const { id } = subject.description;
    throw new Error(
      `${id} acknowledged ${load.requests} requests with ${load.samples} samples, ` +
        `of which ${arrived.requests} with ${arrived.samples} arrived`,
    );
  }
  return {
    subject: subject.description.id,
    workload: workload.id,
    load,
    cpu: cpuBetween(before.subject, after.subject),
    ...(before.behind === undefined || after.behind === undefined
      ? {}
      : { behindCpu: cpuBetween(before.behind, after.behind) }),
    peakMemoryBytes,
  };
}

async function readCpu(subject: Subject): Promise<{ readonly subject: CpuUsage; readonly behind?: CpuUsage }> {
  const own = await cpuOf(subject.pid);
  return subject.behindPid === undefined ? { subject: own } : { subject: own, behind: await cpuOf(subject.behindPid) };
}
