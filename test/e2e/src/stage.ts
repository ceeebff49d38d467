import {
  launchNodeExporter,
  launchVictoriaMetrics,
  type Peer,
  type TandemPeer,
  until,
  type VictoriaMetricsPeer,
} from '@tandem/testing';

import { Recorder } from './recorder.ts';
import { completeUntil } from './samples.ts';
import { storedSamples } from './query.ts';

/** As short as the settings of elections allow, so that a failover takes seconds. */
export const FAILOVER_TIMEOUT_MS = 3000;

/** A cluster whose series are spread over four shards, where a stage is told of it. */
export const SPREAD_CLUSTER = 'spread';
/** `stream.spread` with that cluster. */
export const SPREAD = `spread: [{ cluster: ${SPREAD_CLUSTER}, shards: 4 }]`;

/** What is around Tandem: something to scrape, a store behind, and a recorder beside the store. */
export interface Surroundings {
  readonly exporter: Peer;
  readonly store: VictoriaMetricsPeer;
  readonly recorder: Recorder;
  stop(): Promise<void>;
}

/** Starts what is around Tandem. */
export async function launchSurroundings(): Promise<Surroundings> {
  const exporter = await launchNodeExporter();
  const store = await launchVictoriaMetrics();
  const recorder = await new Recorder().start();
  return {
    exporter,
    store,
    recorder,
    stop: async () => {
      await Promise.all([exporter.stop(), store.stop(), recorder.stop()]);
    },
  };
}

/** A Tandem with everything around it; `up` in one process, or a process for each service. */
export interface Stage extends Surroundings {
  /** Where ingest and dedup answer; the same process or not. */
  readonly ingest: TandemPeer;
  readonly dedup: TandemPeer;
}

/** The sections that all stages share: quick elections, the store and the recorder as targets. */
export function pipelineConfig({ store, recorder }: Surroundings): string {
  return `
dedup:
  update_timeout: 1s
  update_timeout_jitter: 0s
  failover_timeout: ${FAILOVER_TIMEOUT_MS}ms
forward:
  targets:
    - { name: victoria, url: "${store.writeUrl}" }
    - { name: recorder, url: "${recorder.writeUrl}" }
`;
}

/** Waits until both targets have a scrape of a cluster that is newer than this, and so all scrapes before it. */
export async function untilDelivered(
  { store, recorder }: Surroundings,
  cluster: string,
  afterMs: number,
): Promise<void> {
  const what = (target: string): string =>
    `a scrape of ${cluster} after ${new Date(afterMs).toISOString()} at ${target}`;
  await until(() => completeUntil(recorder.samples(cluster)) > afterMs, {
    what: what('the recorder'),
    timeoutMs: 30_000,
  });
  const newestStoredMs = async (): Promise<number> => {
    await store.flush();
    return completeUntil(await storedSamples(store.url, cluster));
  };
  await until(async () => (await newestStoredMs()) > afterMs, {
    what: what('the store'),
    timeoutMs: 30_000,
    intervalMs: 200,
  });
}
