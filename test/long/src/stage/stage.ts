import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  acquireKafka,
  acquireRedis,
  launchTandem,
  launchVictoriaMetrics,
  runTandem,
  tempDir,
  type TandemPeer,
  type VictoriaMetricsPeer,
} from '@tandem/testing';
import { type ClusterStatus, type DedupStatus } from '@tandem/tandem';

import { type Plan, UPDATE_TIMEOUT_MS } from '../scenario/plan.ts';

/** Tandem as three processes on Kafka and Redis, and the store behind: for all pairs, each a cluster of its own. */
export interface Stage {
  readonly ingest: TandemPeer;
  readonly dedup: TandemPeer;
  readonly store: VictoriaMetricsPeer;
  stop(): Promise<void>;
}

/** Starts everything and waits until it is ready. */
export async function launchStage(plans: readonly Plan[]): Promise<Stage> {
  const folder = tempDir('long');
  const [broker, leases, store] = await Promise.all([acquireKafka(), acquireRedis(), launchVictoriaMetrics()]);
  const ends: (() => Promise<unknown>)[] = [
    () => store.stop(),
    () => leases.close(),
    () => broker.stop(),
    () => folder.remove(),
  ];
  const stop = async (): Promise<void> => {
    for (const end of ends) await end();
  };
  try {
    const name = `long-${randomBytes(4).toString('hex')}`;
    const config = `
stream:
  driver: kafka
  partitions: 4
  kafka: { brokers: ${JSON.stringify(broker.brokers)}, topic_prefix: ${name}. }
lease:
  driver: redis
  redis: { url: "${leases.url}", key_prefix: ${name} }
dedup:
  update_timeout: ${UPDATE_TIMEOUT_MS}ms
  update_timeout_jitter: 1s
  overrides:
${plans.map(overrideOf).join('\n')}
forward:
  targets: [{ name: victoria, url: "${store.writeUrl}" }]
`;
    await createTopics(folder.path, config);
    const launch = async (command: string): Promise<TandemPeer> => {
      const peer = await launchTandem({ command, config });
      ends.unshift(() => peer.stop());
      return peer;
    };
    const dedup = await launch('dedup');
    await launch('forward');
    const ingest = await launch('ingest');
    return { ingest, dedup, store, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What dedup says of a cluster; `undefined` before it was heard. */
export async function clusterStatus({ dedup }: Stage, cluster: string): Promise<ClusterStatus | undefined> {
  const response = await fetch(`${dedup.url}/api/v1/ha/clusters`, { signal: AbortSignal.timeout(30_000) });
  const { clusters } = (await response.json()) as DedupStatus;
  return clusters.find((status) => status.cluster === cluster);
}

function overrideOf({ id, interval }: Plan): string {
  return `    - { cluster: ${id}, failover_timeout: ${interval.failoverTimeoutMs}ms }`;
}

async function createTopics(folder: string, config: string): Promise<void> {
  const file = join(folder, 'topics.yaml');
  await writeFile(file, config);
  const { exit, output } = await runTandem(['topics', 'create', `--config.file=${file}`]);
  if (exit.code !== 0) throw new Error(`cannot create the topics: ${output}`);
}
