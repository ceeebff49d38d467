import { delay, tempDir } from '@tandem/testing';
import { type WorkloadId } from '../ingest/workloads.ts';
import { anonymousMemoryOf, launchDedup, metricOf, openLogOf, untilCommitted } from './dedup-process.ts';
import { fill, timesOf } from './fill.ts';
import { type Recording } from './record-bodies.ts';

/** What dedup holds for the series it knows. */
export interface MemoryRun {
  readonly workload: WorkloadId;
  readonly series: number;
  /** Anonymous memory of the process with nothing to do, bytes. */
  readonly idleBytes: number;
  /** The same when it knows the series. */
  readonly loadedBytes: number;
  /** Of that, the table of the series' newest samples. */
  readonly tableBytes: number;
}

const CLUSTERS = 100;
const INTERVAL_MS = 15_000;
/** Scrapes are a recording's; memory that was only needed for a moment has been given back by then. */
const SETTLE_MS = 3000;

/** Measures what knowing a million series takes, a pair sending them. */
export async function runMemory(recording: Recording, workload: WorkloadId): Promise<MemoryRun> {
  const dir = tempDir('bench-dedup-memory');
  const startMs = Date.now() - 2 * 3_600_000;
  let nowMs = startMs;
  const log = await openLogOf(dir.path, () => nowMs);
  try {
    const peer = await launchDedup(dir.path);
    try {
      await delay(SETTLE_MS);
      const idleBytes = await anonymousMemoryOf(peer.process.pid);
      const bodies = recording.bodies(workload);
      const timeOf = timesOf(bodies, recording, { fromMs: startMs, intervalMs: INTERVAL_MS }, 0);
      const plan = { workload, bodies, clusters: CLUSTERS, replicas: ['a', 'b'], timeOf };
      const { records } = await fill(log, plan, (ms) => (nowMs = Math.max(nowMs, ms)));
      await untilCommitted(peer, log, records);
      await delay(SETTLE_MS);
      return {
        workload,
        series: await metricOf(peer, 'tandem_dedup_series'),
        idleBytes,
        loadedBytes: await anonymousMemoryOf(peer.process.pid),
        tableBytes: await metricOf(peer, 'tandem_dedup_series_bytes'),
      };
    } finally {
      await peer.stop();
    }
  } finally {
    await log.close();
    await dir.remove();
  }
}
