import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinary, program } from '../launch/binary.ts';
import { type Requirement } from '../launch/requirement.ts';
import { launchPeer, type Peer, type PeerOptions, programVersion } from './peer.ts';

const PROGRAM = { binary: 'prometheus', debianPackage: 'prometheus' };

/** Needed to launch Prometheus. */
export const prometheus = program(PROGRAM);

/** Needed for what Prometheus has since 3.0 (remote write 2.0 as it is now): no package of the distribution's has it. */
export const prometheus3: Requirement = {
  name: 'prometheus-3',
  optional: true,
  acquire: async () => {
    const found = await findBinary(PROGRAM.binary);
    const version = found === undefined ? 'none' : await programVersion(found);
    if (Number.parseInt(version, 10) >= 3) return;
    throw new Error(`the Prometheus here is ${version}; one from 3.0 on may lie in the folder TANDEM_PEERS`);
  },
};

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
