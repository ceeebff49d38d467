import { program } from '../launch/binary.ts';
import { launchPeer, type Peer, type PeerOptions } from './peer.ts';

const PROGRAM = { binary: 'prometheus-node-exporter', debianPackage: 'prometheus-node-exporter' };
/** Cheap and everywhere: counters (cpu, stat) and gauges (loadavg, meminfo). */
const COLLECTORS = ['cpu', 'loadavg', 'meminfo', 'stat', 'uname'];

/** Needed to launch the node exporter. */
export const nodeExporter = program(PROGRAM);

/** Starts the node exporter with a few collectors; its metrics are at `url` + `/metrics`. */
export function launchNodeExporter(options: PeerOptions = {}): Promise<Peer> {
  return launchPeer(
    {
      program: PROGRAM,
      readyPath: '/metrics',
      flags: ({ port }) => [
        `--web.listen-address=127.0.0.1:${port}`,
        '--collector.disable-defaults',
        ...COLLECTORS.map((name) => `--collector.${name}`),
      ],
    },
    options,
  );
}
