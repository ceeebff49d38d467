import { type AlertsInstance } from '@tandem/alerts';

import { type AlertFlags } from './flags/alert-flags.ts';

/** What an instance is named by. */
export interface InstanceFacts {
  readonly hostname: string;
  /** An address of this machine that others can reach; `undefined`: it has none but the loopback. */
  readonly machineAddress: string | undefined;
  /** Of the first address that is listened on, as it was given; 0: any. */
  readonly webPort: number;
  /** Tells instances apart that nothing else does. */
  readonly random: string;
  readonly version: string;
}

type ClusterFlags = Pick<AlertFlags, 'cluster.peer-name' | 'cluster.advertise-address' | 'cluster.listen-address'>;

/**
 * Who this instance is: its name is stable over restarts, for its place among the others is by it. `--cluster.peer-name`, else
 * `--cluster.advertise-address`, else the machine and the port of its API: nothing listens on `--cluster.listen-address`, so
 * that instances of one machine may all have its default.
 */
export function alertsInstance(flags: ClusterFlags, facts: InstanceFacts): AlertsInstance {
  const address = addressOf(flags, facts);
  const place = `${facts.hostname}:${facts.webPort === 0 ? facts.random : facts.webPort}`;
  const name =
    [flags['cluster.peer-name'], flags['cluster.advertise-address'], place].find((text) => text !== '') ?? place;
  return { name, address, version: facts.version };
}

function addressOf(flags: ClusterFlags, { hostname, machineAddress }: InstanceFacts): string {
  if (flags['cluster.advertise-address'] !== '') return flags['cluster.advertise-address'];
  const listen = flags['cluster.listen-address'];
  const colon = listen.lastIndexOf(':');
  const [host, port] = [listen.slice(0, Math.max(colon, 0)), listen.slice(colon + 1)];
  const everywhere = host === '' || host === '0.0.0.0' || host === '[::]';
  return everywhere ? `${machineAddress ?? hostname}:${port === '' ? '9094' : port}` : listen;
}
