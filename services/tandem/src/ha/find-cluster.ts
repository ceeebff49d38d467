import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from '../config/command-exit.ts';
import { type ClusterName, type ClusterQuery } from './cluster-name.ts';
import { nearest } from './nearest.ts';

/**
 * The cluster that was meant, among those the log knows.
 *
 * @throws {CommandExit} 1 where there is none, with the nearest name; 2 where several tenants have one
 */
export function findCluster(known: readonly ClusterName[], { tenant, cluster }: ClusterQuery): ClusterName {
  const tenants = new Set(known.filter((name) => name.cluster === cluster).map((name) => name.tenant));
  const [found, second] = tenant === undefined ? tenants : [...tenants].filter((name) => name === tenant);
  if (found === undefined) throw new CommandExit(EXIT_CODES.failed, unknownCluster(known, { tenant, cluster }));
  if (second === undefined) return { tenant: found, cluster };
  const message = `cluster ${quote(cluster)} is there for several tenants: name one with --tenant: ${list(tenants)}`;
  throw new CommandExit(EXIT_CODES.usage, message);
}

function unknownCluster(known: readonly ClusterName[], { tenant, cluster }: ClusterQuery): string {
  const others = new Set(known.filter((name) => name.cluster === cluster).map((name) => name.tenant));
  const what = `cannot find cluster ${quote(cluster)}${tenant === undefined ? '' : ` of tenant ${quote(tenant)}`}`;
  if (others.size > 0) return `${what}: it is of tenant ${list(others)}`;
  const candidates = known.filter((name) => tenant === undefined || name.tenant === tenant);
  const meant = nearest(
    cluster,
    candidates.map((name) => name.cluster),
  );
  return meant === undefined ? `${what}: see "tandem ha list"` : `${what}: did you mean ${quote(meant)}?`;
}

/** Quoted and escaped: names come from senders. */
function quote(name: string): string {
  return JSON.stringify(name);
}

function list(names: Iterable<string>): string {
  return [...names].toSorted().map(quote).join(', ');
}
