import { type Election } from '@tandem/records';

import { type ElectionRun } from './check-elections.ts';
import { type Findings } from './findings.ts';
import { keyTextOf, type Output } from './output.ts';
import { keyOf } from './records.ts';
import { isBeside, type Reign } from './reigns.ts';
import { faultsOf, type Cluster, type Replica, type World } from './world.ts';

/** Samples so far behind or ahead make a replica worse by the margin, ms (SPEC, E22). */
const BAD_MS = 60_000;
/** Four evaluations, the windows at both ends, the cadence of the one that succeeds; ms. */
const NOTICED_AFTER_MS = 120_000;

/** When it is known how many samples a replica sends, ms: the decayed sum of its advances comes to six minutes. */
const PARTIAL_AFTER_MS = 570_000;

/** The records by which a living replica was succeeded, offsets. */
function handoversOf(elections: readonly Election[]): ReadonlySet<number> {
  return new Set(elections.filter(({ reason }) => reason === 'score').map(({ sourceOffset }) => sourceOffset));
}

/** The same, of all clusters of a world that are elected beside one in its partition. */
export function handoversBeside(cluster: Cluster, world: World, { elections }: Output): ReadonlySet<number> {
  const beside = world.clusters.filter((each) => each.partition === cluster.partition && isBeside(each, cluster));
  return new Set(beside.flatMap((each) => [...handoversOf(elections.get(keyTextOf(keyOf(each))) ?? [])]));
}

/** E22, E24: whoever does badly for long is succeeded, nobody else is, and nobody twice. */
export function checkHandovers(run: ElectionRun, world: World, findings: Findings): void {
  const { key, cluster, reigns } = run;
  const handovers = reigns.filter(({ reason }) => reason === 'score');
  if (handovers.length > 1) findings.violate('E24', key, `${handovers.length} handovers within the cool-down`);
  for (const { epoch, forerunner } of handovers) {
    const before = cluster.replicas.find(({ name }) => name === forerunner?.replica);
    if (before === undefined || badFromMs(before) === Infinity) {
      findings.violate('E24', key, `epoch ${epoch}: ${forerunner?.replica ?? 'nobody'} did well, and was succeeded`);
    }
  }
  checkNoticed(run, world, findings);
}

function checkNoticed({ key, cluster, reigns }: ElectionRun, world: World, findings: Findings): void {
  for (const replica of cluster.replicas) {
    const dueMs = badFromMs(replica) + NOTICED_AFTER_MS;
    if (dueMs < world.durationMs && electedAt(reigns, dueMs)?.replica === replica.name) {
      findings.violate('E22', key, `${replica.name} did badly, and was not succeeded until ${dueMs / 1000}`);
    }
  }
}

function electedAt(reigns: readonly Reign[], atMs: number): Reign | undefined {
  return reigns.findLast(({ electedAtMs }) => electedAtMs <= atMs);
}

/** From when on a replica's samples are too far behind or ahead; `Infinity`: never. */
function badFromMs(replica: Replica): number {
  if (replica.clockOffsetMs >= BAD_MS) return replica.startsAtMs;
  const [missing] = faultsOf(replica, 'missing-target');
  if (missing !== undefined) return missing.fromMs + PARTIAL_AFTER_MS;
  const [link] = faultsOf(replica, 'slow-link');
  return link === undefined ? Infinity : link.fromMs + BAD_MS / (1 - 1 / link.factor);
}
