import { delay, tempDir, until, type TandemPeer } from '@tandem/testing';
import { cpuBetween, cpuOf, cpuSeconds } from '../measure/process-usage.ts';
import { type WorkloadId } from '../ingest/workloads.ts';
import { launchDedup, metricOf, openLogOf, untilCommitted } from './dedup-process.ts';
import { fill, timesOf } from './fill.ts';
import { type Recording } from './record-bodies.ts';

/** A failover of all clusters at once. */
export interface CatchUpRun {
  readonly workload: WorkloadId;
  readonly series: number;
  /** How long the elected replicas had been silent in the log, s. */
  readonly seamSeconds: number;
  /** From the records that elect the other replicas to the commit of the last seam that was read again, s. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Samples of the seams. */
  readonly caughtUp: number;
}

const CLUSTERS = 10;
const INTERVAL_MS = 15_000;
const SEAM_MS = 60_000;
/** Passes of the recording before the silence: as long as the window that is looked back to. */
const PASSES = 2;

/** Measures how long dedup takes to read a seam of a minute again, of all its clusters at once. */
export async function runCatchUp(recording: Recording, workload: WorkloadId): Promise<CatchUpRun> {
  const dir = tempDir('bench-dedup-seam');
  const startMs = Date.now() - 2 * 3_600_000;
  let nowMs = startMs;
  const setNow = (ms: number): number => (nowMs = Math.max(nowMs, ms));
  const log = await openLogOf(dir.path, () => nowMs);
  try {
    const peer = await launchDedup(dir.path, `dedup: { failover_timeout: ${SEAM_MS}ms }\n`);
    try {
      const stretch = { fromMs: startMs, intervalMs: INTERVAL_MS };
      const bodies = recording.bodies(workload);
      const plan = { workload, clusters: CLUSTERS };
      let records = 0;
      for (let pass = 0; pass < PASSES; pass++) {
        const timeOf = timesOf(bodies, recording, stretch, pass);
        records += (await fill(log, { ...plan, bodies, replicas: ['a', 'b'], timeOf }, setNow)).records;
      }
      const timeOf = timesOf(bodies, recording, stretch, PASSES);
      const electsMs = nowMs + SEAM_MS;
      const electing = bodies.findIndex((body) => timeOf(body.toMs) >= electsMs);
      const silent = bodies.slice(0, electing);
      records += (await fill(log, { ...plan, bodies: silent, replicas: ['b'], timeOf }, setNow)).records;
      await untilCommitted(peer, log, records);
      await delay(1000);
      const elects = bodies.slice(electing, electing + 1);
      return await measure(peer, workload, () =>
        fill(log, { ...plan, bodies: elects, replicas: ['b'], timeOf }, setNow),
      );
    } finally {
      await peer.stop();
    }
  } finally {
    await log.close();
    await dir.remove();
  }
}

async function measure(peer: TandemPeer, workload: WorkloadId, elect: () => Promise<unknown>): Promise<CatchUpRun> {
  const { pid } = peer.process;
  const cpu = await cpuOf(pid);
  const beganMs = performance.now();
  await elect();
  await until(async () => (await metricOf(peer, 'tandem_dedup_seams_total')) === CLUSTERS, {
    what: 'all seams read again',
    timeoutMs: 120_000,
    intervalMs: 20,
    detail: () => peer.process.output.tail(),
  });
  return {
    workload,
    series: await metricOf(peer, 'tandem_dedup_series'),
    seamSeconds: SEAM_MS / 1000,
    wallSeconds: (performance.now() - beganMs) / 1000,
    cpuSeconds: cpuSeconds(cpuBetween(cpu, await cpuOf(pid))),
    caughtUp: await metricOf(peer, 'tandem_dedup_caught_up_samples_total'),
  };
}
