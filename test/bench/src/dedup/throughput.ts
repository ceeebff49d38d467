import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeDedupedHeaders } from '@tandem/records';
import { topicName, type Log } from '@tandem/stream';
import { delay, tempDir, type TandemPeer, type TempDir } from '@tandem/testing';
import { cpuBetween, cpuOf, cpuSeconds } from '../measure/process-usage.ts';
import { type WorkloadId } from '../ingest/workloads.ts';
import { committedRecords, launchDedup, openLogOf, untilCommitted } from './dedup-process.ts';
import { fill, PARTITIONS, PREFIX, timesOf, type Filled } from './fill.ts';
import { type Recording } from './record-bodies.ts';

/** Who sends: one replica alone, or both of a pair. */
export type SenderId = 'single' | 'pair';

/** The replicas of each. */
export const SENDERS: Readonly<Record<SenderId, readonly string[]>> = { single: ['a'], pair: ['a', 'b'] };

/** One run of dedup through a log that was filled before. */
export interface ThroughputRun {
  readonly workload: WorkloadId;
  readonly senders: SenderId;
  /** CPU of the process from the lead-in to the end of the log, its idling taken off. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Samples that were let through meanwhile. */
  readonly samples: number;
}

/** A data directory whose log holds what is to be gone through. */
export interface FilledLog {
  readonly workload: WorkloadId;
  readonly senders: SenderId;
  readonly filled: Filled;
  readonly dir: TempDir;
}

/** Clusters, over which the partitions are spread. */
const CLUSTERS = 16;
const INTERVAL_MS = 15_000;
/** What is gone through before measuring: compilers and heaps get into their usual state. */
const LEAD_IN_SHARE = 0.3;
const IDLE_MS = 1000;
const DEDUPED = topicName(PREFIX, 'deduped');

/** Fills a log with scrapes 15 s apart, at least so many samples of each replica. */
export async function fillLog(
  recording: Recording,
  {
    workload,
    senders,
    samples,
  }: { readonly workload: WorkloadId; readonly senders: SenderId; readonly samples: number },
): Promise<FilledLog> {
  const dir = tempDir('bench-dedup');
  const bodies = recording.bodies(workload);
  const perPass = bodies.reduce((sum, body) => sum + body.samples, 0) * CLUSTERS;
  const passes = Math.ceil(samples / perPass);
  const startMs = Date.now() - 2 * 3_600_000;
  let nowMs = startMs;
  const log = await openLogOf(dir.path, () => nowMs);
  let filled: Filled = { records: 0, samples: 0 };
  try {
    for (let pass = 0; pass < passes; pass++) {
      const timeOf = timesOf(bodies, recording, { fromMs: startMs, intervalMs: INTERVAL_MS }, pass);
      const plan = { workload, bodies, clusters: CLUSTERS, replicas: SENDERS[senders], timeOf };
      const { records, samples: more } = await fill(log, plan, (ms) => (nowMs = Math.max(nowMs, ms)));
      filled = { records: filled.records + records, samples: filled.samples + more };
    }
  } finally {
    await log.close();
  }
  return { workload, senders, filled, dir };
}

/**
 * Lets dedup go through a copy of a filled log.
 *
 * @throws {Error} when what came out is not every sample of one replica
 */
export async function runThroughput(source: FilledLog): Promise<ThroughputRun> {
  const dir = tempDir('bench-dedup-run');
  const data = join(dir.path, 'data', 'log');
  await cp(join(source.dir.path, 'data', 'log', 'data.mdb'), join(data, 'data.mdb'), { recursive: true });
  const log = await openLogOf(dir.path);
  try {
    const peer = await launchDedup(dir.path);
    try {
      const measured = await measure(peer, log, source);
      await expectDeduped(log, elected(source));
      return { workload: source.workload, senders: source.senders, ...measured };
    } finally {
      await peer.stop();
    }
  } finally {
    await log.close();
    await dir.remove();
  }
}

async function measure(
  peer: TandemPeer,
  log: Log,
  source: FilledLog,
): Promise<Pick<ThroughputRun, 'cpuSeconds' | 'wallSeconds' | 'samples'>> {
  const { pid } = peer.process;
  const { records } = source.filled;
  await untilCommitted(peer, log, records * LEAD_IN_SHARE);
  const before = { cpu: await cpuOf(pid), atMs: performance.now(), records: await committedRecords(log) };
  await untilCommitted(peer, log, records);
  const after = { cpu: await cpuOf(pid), atMs: performance.now() };
  await delay(IDLE_MS);
  const idle = { cpu: await cpuOf(pid), atMs: performance.now() };
  const wallSeconds = (after.atMs - before.atMs) / 1000;
  const idleShare = (cpuSeconds(cpuBetween(after.cpu, idle.cpu)) * 1000) / (idle.atMs - after.atMs);
  return {
    cpuSeconds: cpuSeconds(cpuBetween(before.cpu, after.cpu)) - idleShare * wallSeconds,
    wallSeconds,
    samples: (elected(source) * (records - before.records)) / records,
  };
}

/** Samples of one replica of each cluster: what has to come out. */
function elected({ filled, senders }: FilledLog): number {
  return filled.samples / SENDERS[senders].length;
}

async function expectDeduped(log: Log, samples: number): Promise<void> {
  let found = 0;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const { end } = await log.bounds(DEDUPED, partition);
    for await (const { records } of log.read({ topic: DEDUPED, partition, from: 0, until: end })) {
      for (const { headers } of records) {
        const decoded = decodeDedupedHeaders(headers);
        if (decoded.ok) found += decoded.headers.samples;
      }
    }
  }
  if (found !== samples) throw new Error(`dedup let ${found} samples through, it should have been ${samples}`);
}
