import { type LoadResult } from '../load/job.ts';
import { runLoad } from '../load/run-load.ts';
import { cpuBetween, cpuOf, peakMemoryOf, resetPeakMemory, type CpuUsage } from '../measure/process-usage.ts';
import { type Subject, type Tally } from './subject.ts';
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
 * What is sent before measuring, as a share of what is measured. A process that had nothing to do for some seconds, while
 * others were measured, has given up memory and compiled code; one in service never has.
 */
const LEAD_IN_SHARE = 0.5;

/**
 * Loads a subject once and measures it until it has nothing left to do.
 *
 * @throws {Error} when something was not acknowledged, or what was did not arrive
 */
export async function runOnce(subject: Subject, options: RunOptions): Promise<RunResult> {
  const { samples, workload } = options;
  const arrival = await subject.begin();
  const leadIn = await send(subject, { ...options, samples: samples * LEAD_IN_SHARE });
  await arrival.idle();
  await resetPeakMemory(subject.pid);
  const before = await readCpu(subject);
  const load = await send(subject, options);
  await arrival.idle();
  const after = await readCpu(subject);
  const peakMemoryBytes = await peakMemoryOf(subject.pid);
  expectArrived(subject, [leadIn, load], await arrival.count());
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

function send(subject: Subject, options: RunOptions): Promise<LoadResult> {
  const { workload, samples, connections } = options;
  return runLoad({
    url: subject.writeUrl,
    bodies: bodiesOf(workload, options),
    requests: Math.ceil(samples / workload.samples),
    connections,
  });
}

function expectArrived(subject: Subject, loads: readonly LoadResult[], arrived: Tally): void {
  const requests = loads.reduce((sum, load) => sum + load.requests, 0);
  const samples = loads.reduce((sum, load) => sum + load.samples, 0);
  if (arrived.samples === samples && arrived.requests === requests) return;
  throw new Error(
    `${subject.description.id} acknowledged ${requests} requests with ${samples} samples, ` +
      `of which ${arrived.requests} with ${arrived.samples} arrived`,
  );
}

async function readCpu(subject: Subject): Promise<{ readonly subject: CpuUsage; readonly behind?: CpuUsage }> {
  const own = await cpuOf(subject.pid);
  return subject.behindPid === undefined ? { subject: own } : { subject: own, behind: await cpuOf(subject.behindPid) };
}
