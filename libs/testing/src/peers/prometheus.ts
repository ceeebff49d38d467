import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { program } from '../launch/binary.ts';
import { launchPeer, type Peer, type PeerOptions } from './peer.ts';

const PROGRAM = { binary: 'prometheus', debianPackage: 'prometheus' };

/** Needed to launch Prometheus. */
export const prometheus = program(PROGRAM);

/** How to run Prometheus. */
export interface PrometheusOptions extends PeerOptions {
  /** The text of `prometheus.yml`, or made from the port, for one that scrapes itself. */
  readonly config: string | ((port: number) => string);
}

/** A real Prometheus; `url` is the base of its HTTP API. */
export interface PrometheusPeer extends Peer {
  /** Replaces the configuration and has it read. */
  reload(config: string): Promise<void>;
}

/**
 * Starts Prometheus with `--web.enable-lifecycle`, its data and configuration in the peer's directory. Newer versions
 * than the distribution's come from `TANDEM_PEERS`.
 */
export async function launchPrometheus(options: PrometheusOptions): Promise<PrometheusPeer> {
  const { config } = options;
  const peer = await launchPeer(
    {
      program: PROGRAM,
      readyPath: '/-/ready',
      prepare: ({ port, dir }) => writeFile(configFile(dir), typeof config === 'string' ? config : config(port)),
      flags: ({ port, dir }) => [
        `--config.file=${configFile(dir)}`,
        `--storage.tsdb.path=${join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-lifecycle',
      ],
    },
    options,
  );
  return { ...peer, reload: (text) => reload(peer, text) };
}

function configFile(dir: string): string {
  return join(dir, 'prometheus.yml');
}

async function reload(peer: Peer, config: string): Promise<void> {
  await writeFile(configFile(peer.dir), config);
  const response = await fetch(`${peer.url}/-/reload`, { method: 'POST', signal: AbortSignal.timeout(30_000) });
  const body = await response.text();
  if (!response.ok) throw new Error(`cannot reload ${peer.process.name}: ${body.trim()}`);
}
