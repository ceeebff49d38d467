import { join } from 'node:path';
import { acquireBinary, delay, freePort, httpOk, launch, programVersion, tempDir } from '@tandem/testing';
import { pinned } from '../measure/pin.ts';
import { launchNullSink, type NullSink } from '../sink/launch-null-sink.ts';
import { type SinkCounts } from '../sink/counts.ts';
import { readMetrics, type VmagentMetrics } from './vmagent-metrics.ts';
import { type Arrival, type Subject, type Tally } from './subject.ts';

/** vmagent looks once a second for what has waited for a second; after this long without a request it has nothing left. */
const QUIET_MS = 2500;
const POLL_MS = 100;
const DRAIN_TIMEOUT_MS = 60_000;

/** How vmagent sends on. `zstd`: its default, VictoriaMetrics' protocol. `snappy`: remote write as Prometheus speaks it. */
export type VmagentVariant = 'zstd' | 'snappy';

const VARIANT_FLAGS: Readonly<Record<VmagentVariant, readonly string[]>> = {
  zstd: [],
  snappy: ['-remoteWrite.forcePromProto'],
};

/** Starts vmagent in front of a null sink of its own, with one core to run on. */
export async function startVmagent(variant: VmagentVariant): Promise<Subject> {
  const program = await acquireBinary({ binary: 'vmagent', debianPackage: 'victoria-metrics' });
  const version = await programVersion(program, 'victoria-metrics');
  const sink = await launchNullSink();
  const dir = tempDir('vmagent');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `-httpListenAddr=127.0.0.1:${port}`,
    `-remoteWrite.tmpDataPath=${join(dir.path, 'queue')}`,
    `-remoteWrite.url=${sink.writeUrl}`,
    ...VARIANT_FLAGS[variant],
  ];
  const vmagent = await launch({
    name: `vmagent-${variant}`,
    ...(await pinned('server', { command: program, args })),
    env: { GOMAXPROCS: '1' },
    cwd: dir.path,
    ready: () => httpOk(`${url}/health`),
  });
  return {
    description: {
      id: `vmagent-${variant}`,
      title: `vmagent, ${variant}${variant === 'zstd' ? ' (its default)' : ''}`,
      version,
      settings: [...VARIANT_FLAGS[variant], '-remoteWrite.url to a null sink', 'GOMAXPROCS=1'],
    },
    pid: vmagent.pid,
    writeUrl: `${url}/api/v1/write`,
    begin: () => arrivalAt(sink, url),
    stop: async () => {
      await vmagent.stop();
      await sink.stop();
      await dir.remove();
    },
  };
}

async function arrivalAt(sink: NullSink, url: string): Promise<Arrival> {
  const sunk = await sink.counts();
  const metrics = await readMetrics(url);
  return {
    idle: () => quiet(sink),
    count: async () => tallyOf({ sunk, metrics }, { sunk: await sink.counts(), metrics: await readMetrics(url) }),
  };
}

/** Asks the sink, not vmagent, whose CPU is measured. */
async function quiet(sink: NullSink): Promise<void> {
  const deadline = performance.now() + DRAIN_TIMEOUT_MS;
  let { requests } = await sink.counts();
  let since = performance.now();
  while (performance.now() - since < QUIET_MS) {
    if (performance.now() > deadline) throw new Error('vmagent did not come to the end of its queue');
    await delay(POLL_MS);
    const counts = await sink.counts();
    if (counts.requests !== requests) since = performance.now();
    requests = counts.requests;
  }
}

interface Reading {
  readonly sunk: SinkCounts;
  readonly metrics: VmagentMetrics;
}

/**
 * The samples that reached the sink: counted there where it can read them, else as vmagent counts what it put into
 * blocks, all of which must then have been sent, and have come.
 */
function tallyOf(before: Reading, after: Reading): Tally {
  const requests = after.metrics.requestsRead - before.metrics.requestsRead;
  if (after.sunk.opaqueRequests === before.sunk.opaqueRequests) {
    return { requests, samples: after.sunk.samples - before.sunk.samples };
  }
  const sent = after.metrics.blocksSent - before.metrics.blocksSent;
  const made = after.metrics.blocksMade - before.metrics.blocksMade;
  const came = after.sunk.requests - before.sunk.requests;
  if (sent !== made || came !== sent) {
    throw new Error(`vmagent made ${made} blocks, sent ${sent}, and ${came} came to the sink`);
  }
  return { requests, samples: after.metrics.rowsInBlocks - before.metrics.rowsInBlocks };
}
