import { join } from 'node:path';
import { program } from '../launch/binary.ts';
import { launchPeer, type Peer, type PeerOptions } from './peer.ts';

const DATABASE = { binary: 'victoria-metrics', debianPackage: 'victoria-metrics' };
const AGENT = { binary: 'vmagent', debianPackage: 'victoria-metrics' };

/** Needed to launch VictoriaMetrics. */
export const victoriaMetrics = program(DATABASE);
/** Needed to launch vmagent. */
export const vmagent = program(AGENT);

/** A real VictoriaMetrics: remote write at `/api/v1/write`, queries as Prometheus has them, `/api/v1/export`. */
export interface VictoriaMetricsPeer extends Peer {
  /** Where remote write goes. */
  readonly writeUrl: string;
  /** Makes everything written so far visible to queries. */
  flush(): Promise<void>;
}

/** Starts a single-node VictoriaMetrics, deduplication off, so that a sample written twice is seen twice. */
export async function launchVictoriaMetrics(options: PeerOptions = {}): Promise<VictoriaMetricsPeer> {
  const peer = await launchPeer(
    {
      program: DATABASE,
      readyPath: '/health',
      flags: ({ port, dir }) => [
        `-httpListenAddr=127.0.0.1:${port}`,
        `-storageDataPath=${join(dir, 'data')}`,
        '-retentionPeriod=100y',
        '-memory.allowedBytes=256MB',
        // Queries show what was written, not what a minute ago was known.
        '-search.latencyOffset=0s',
        '-search.disableCache',
      ],
    },
    options,
  );
  return { ...peer, writeUrl: `${peer.url}/api/v1/write`, flush: () => flush(peer) };
}

async function flush(peer: Peer): Promise<void> {
  const response = await fetch(`${peer.url}/internal/force_flush`, { signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`cannot flush ${peer.process.name}: it answered ${response.status}`);
}

/** How to run vmagent. */
export interface VmagentOptions extends PeerOptions {
  /** Where it writes to. */
  readonly remoteWriteUrls: readonly string[];
}

/** Starts vmagent; it takes remote write at `url` + `/api/v1/write`. */
export function launchVmagent(options: VmagentOptions): Promise<Peer> {
  return launchPeer(
    {
      program: AGENT,
      readyPath: '/health',
      flags: ({ port, dir }) => [
        `-httpListenAddr=127.0.0.1:${port}`,
        `-remoteWrite.tmpDataPath=${join(dir, 'queue')}`,
        ...options.remoteWriteUrls.map((url) => `-remoteWrite.url=${url}`),
      ],
    },
    options,
  );
}
