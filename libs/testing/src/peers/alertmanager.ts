import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinary, program } from '../launch/binary.ts';
import { type Requirement } from '../launch/requirement.ts';
import { launchPeer, type Peer, type PeerOptions, programVersion } from './peer.ts';

const PROGRAM = { binary: 'alertmanager' };

/** Needed to launch the Alertmanager that ours is held against: 0.34, which no package of the distribution's has. */
export const alertmanager34: Requirement = {
  name: 'alertmanager-0.34',
  optional: true,
  acquire: async () => {
    await program(PROGRAM).acquire();
    const found = await findBinary(PROGRAM.binary);
    const version = found === undefined ? 'none' : await programVersion(found);
    if (version.startsWith('0.34.')) return;
    throw new Error(`the Alertmanager here is ${version}; 0.34 may lie in the folder TANDEM_PEERS`);
  },
};

/** How to run Alertmanager. */
export interface AlertmanagerOptions extends PeerOptions {
  /** The text of `alertmanager.yml`. */
  readonly config: string;
}

/** Starts a real Alertmanager without a cluster; `url` is the base of its API. */
export function launchAlertmanager(options: AlertmanagerOptions): Promise<Peer> {
  return launchPeer(
    {
      program: PROGRAM,
      readyPath: '/-/ready',
      prepare: ({ dir }) => writeFile(join(dir, 'alertmanager.yml'), options.config),
      flags: ({ port, dir }) => [
        `--config.file=${join(dir, 'alertmanager.yml')}`,
        `--storage.path=${join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
    },
    options,
  );
}
