import { lookup } from 'node:dns/promises';

/** What tells this machine's addresses from others. */
export interface MachineNames {
  readonly hostname: string;
  /** Every address of its interfaces. */
  readonly addresses: ReadonlySet<string>;
}

/** Finds the addresses of a host; fails where there is none of that name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const resolveAll: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** Those of `--cluster.peer` that are on other machines, or cannot be found. */
export async function peersElsewhere(
  peers: readonly string[],
  machine: MachineNames,
  resolve: Resolve = resolveAll,
): Promise<readonly string[]> {
  const found = await Promise.all(
    peers.map(async (peer) => [peer, await isHere(hostOf(peer), machine, resolve)] as const),
  );
  return found.filter(([, here]) => !here).map(([peer]) => peer);
}

async function isHere(host: string, { hostname, addresses }: MachineNames, resolve: Resolve): Promise<boolean> {
  if (host === '' || host === 'localhost' || host === hostname) return true;
  try {
    return (await resolve(host)).every((address) => addresses.has(address) || address.startsWith('127.'));
  } catch {
    return false;
  }
}

function hostOf(peer: string): string {
  const colon = peer.lastIndexOf(':');
  return (colon === -1 ? peer : peer.slice(0, colon)).replaceAll(/^\[|\]$/gu, '');
}
