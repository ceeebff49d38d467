import { type Election } from '@tandem/records';

import { SETTINGS, T0 } from '../pipeline.ts';
import { type Findings } from './findings.ts';
import { type Entry } from './records.ts';
import { type Reign } from './reigns.ts';
import { type Cluster, type World } from './world.ts';

const COUNTED = {
  failover: 'failovers',
  'lost-scrapes': 'handovers because of lost scrapes',
  score: 'handovers by score',
} as const;

const { failoverTimeoutMs } = SETTINGS.elections;

/** What a cluster's elections are checked with. */
export interface ElectionRun {
  readonly key: string;
  readonly cluster: Cluster;
  readonly entries: readonly Entry[];
  readonly reigns: readonly Reign[];
  readonly elections: readonly Election[];
}

/** The elections are those that follow from who was heard when; and each of them has its reason (I5). */
export function checkElections(run: ElectionRun, world: World, findings: Findings): void {
  const { key, elections, reigns } = run;
  const decided = elections.map(({ epoch, replica, sourceOffset, electedAtMs, previousReceivedAtMs }) =>
    JSON.stringify([epoch, replica, sourceOffset, electedAtMs - T0, since(previousReceivedAtMs)]),
  );
  const due = reigns.map(({ epoch, replica, offset, electedAtMs, forerunner }) =>
    JSON.stringify([epoch, replica, offset, electedAtMs, forerunner?.heardAtMs ?? null]),
  );
  if (decided.join() !== due.join()) {
    findings.violate('E', key, `elections are ${decided.join(' ')}, and should be ${due.join(' ')}`);
  }
  for (const reign of reigns.slice(1)) {
    findings.count(reign.forerunner === undefined ? 'elections after a place was given up' : COUNTED[reign.reason]);
    if (reign.forerunner === undefined) continue;
    if (reign.reason !== 'failover') continue;
    checkHeard(run, reign, findings);
    checkOutage(run, reign, { world, findings });
  }
}

function since(timestampMs: number | null): number | null {
  return timestampMs === null ? null : timestampMs - T0;
}

/** I5: the one before was silent for the failover timeout, the one that is elected was heard not long ago. */
function checkHeard(
  run: ElectionRun,
  { replica, offset, electedAtMs, epoch, forerunner }: Reign,
  findings: Findings,
): void {
  const { key, cluster, entries } = run;
  const { heardAtMs: silentSinceMs, replica: previous } = forerunner ?? { heardAtMs: -Infinity, replica: 'nobody' };
  if (electedAtMs - silentSinceMs < failoverTimeoutMs) {
    findings.violate('I5', key, `epoch ${epoch}: the one before was heard less than the failover timeout ago`);
  }
  const before = entries.filter((entry) => entry.replica.name === replica && entry.offset < offset);
  const heardAtMs = before.at(-1)?.atMs ?? -Infinity;
  if (heardAtMs >= electedAtMs - failoverTimeoutMs) return;
  const leastMs = Math.min(...cluster.targets.map(({ intervalMs }) => intervalMs));
  const circumstances = `${cluster.replicas.length} replicas, scraping every ${leastMs / 1000} s`;
  findings.count(`elected by its first record in a failover timeout: ${circumstances}`);
  // A pause counts half a timeout at most; of two replicas, the one elected was heard since the other was.
  if (cluster.replicas.length > 2 || heardAtMs > silentSinceMs) return;
  findings.violate('I5', key, `epoch ${epoch}: ${replica} was not heard since ${previous} was`);
}

/** Where ingest was away for everybody and nothing else happened, nobody is failed over from. */
function checkOutage(
  { key }: ElectionRun,
  { epoch, replica }: Reign,
  { world, findings }: { readonly world: World; readonly findings: Findings },
): void {
  if (world.scenario !== 'outage' && world.scenario !== 'calm') return;
  findings.violate('I5', key, `epoch ${epoch}: ${replica} is elected though all replicas were well`);
}
