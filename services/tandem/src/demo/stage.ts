import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RemoteWriteClient } from '@tandem/remote-write-client';
import { createLogger, createMetrics, type RootLogger } from '@tandem/telemetry';

import { composeProcess, type TandemProcess } from '../compose/process.ts';
import { SERVICES } from '../compose/services.ts';
import { configFromText } from '../config/load.ts';
import { createSink, type Sink } from '../sink/sink.ts';
import { VERSION } from '../version.ts';
import { Balance } from './balance.ts';
import { Replica } from './replica.ts';
import { SCRIPT } from './script.ts';

const CLUSTER = 'demo';
const LOOPBACK = '127.0.0.1';

/** Everything that runs in a demonstration. */
export interface Stage {
  readonly sink: Sink;
  readonly pipeline: TandemProcess;
  readonly replicas: readonly [Replica, Replica];
  readonly balance: Balance;
  /** Newest sample that arrived, by wall clock, Unix ms. */
  readonly lastArrivalMs: () => number;
  close(): Promise<void>;
}

/** Builds the pipeline on an embedded log in a directory of its own, two replicas before it and a sink behind. */
export async function buildStage(onError: (error: unknown) => void): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-demo-'));
  const logger = createLogger({ level: 'error', format: 'logfmt' });
  const balance = new Balance();
  let lastArrivalMs = 0;
  const sink = createSink({
    listenAddress: { host: LOOPBACK, port: 0 },
    replicaLabel: '__replica__',
    maxSeries: 100_000,
    logger,
    metrics: createMetrics({ version: VERSION, processMetrics: false }),
    onSample: (series, timestampMs) => {
      lastArrivalMs = Date.now();
      balance.delivered(series, timestampMs);
    },
  });
  await sink.server.start();
  const pipeline = await startPipeline(directory, sink, logger);
  const clients: RemoteWriteClient[] = [];
  const replica = (name: string): Replica => {
    const client = new RemoteWriteClient({
      url: `${pipeline.server.url}/api/v1/write`,
      userAgent: `tandem-demo/${VERSION}`,
    });
    clients.push(client);
    return new Replica({
      name,
      cluster: CLUSTER,
      scrapeUrl: `${pipeline.server.url}/metrics`,
      client,
      intervalMs: SCRIPT.intervalMs,
      onAcknowledged: (series, timestampMs) => balance.acknowledged(name, series, timestampMs),
      onError,
    });
  };
  const replicas = [replica('a'), replica('b')] as const;
  return {
    sink,
    pipeline,
    replicas,
    balance,
    lastArrivalMs: () => lastArrivalMs,
    close: async () => {
      await Promise.all(replicas.map((one) => one.kill()));
      await pipeline.app.stop();
      await sink.server.stop();
      await Promise.all(clients.map((client) => client.close()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function startPipeline(directory: string, sink: Sink, logger: RootLogger): Promise<TandemProcess> {
  const config = configFromText(demoConfig(directory, sink.server.url));
  const pipeline = await composeProcess({
    config,
    readConfig: () => config,
    services: SERVICES,
    defaultAddress: { host: LOOPBACK, port: 0 },
    logger,
    metrics: createMetrics({ version: VERSION }),
    instance: 'demo',
    version: VERSION,
  });
  await pipeline.app.start();
  return pipeline;
}

function demoConfig(directory: string, sinkUrl: string): string {
  return `
storage: { path: ${JSON.stringify(join(directory, 'data'))} }
web: { listen_address: "${LOOPBACK}:0" }
dedup:
  update_timeout: ${SCRIPT.updateTimeoutMs}ms
  update_timeout_jitter: 0s
  failover_timeout: ${SCRIPT.failoverTimeoutMs}ms
forward:
  targets: [{ name: sink, url: "${sinkUrl}/api/v1/write" }]
`;
}
