import { hostname, userInfo } from 'node:os';

import { EXIT_CODES } from '@tandem/lifecycle';
import { type Command } from '@tandem/records';

import { durationFlag } from '../ha/duration-flag.ts';
import { takeOperands, type WantedOperand } from '../ha/operands.ts';
import { findCluster } from '../ha/find-cluster.ts';
import { giveCommand, type CommandRequest } from '../ha/give-command.ts';
import { withLogToCommand } from '../ha/open-log-to-command.ts';
import { readClusters } from '../ha/read-clusters.ts';
import { formatJson } from '../ha/report.ts';
import { placeOfCluster } from '../ha/cluster-place.ts';

/** Flags of `tandem ha failover`, `pin` and `release`. */
export interface HaCommandFlags {
  readonly tenant?: string;
  readonly why?: string;
  readonly force?: boolean;
  readonly timeout?: string;
  readonly json?: boolean;
}

const DEFAULT_TIMEOUT_MS = 15_000;

/** What came of it, in words; the refused ones end with exit code 1. */
const WORDS: Readonly<Record<string, string>> = {
  elected: 'is elected',
  pinned: 'is pinned: nobody else is elected until it is released',
  released: 'released: the rules decide again',
  unchanged: 'nothing to do: it is so already',
  'no-cluster': 'refused: nobody is elected in the cluster',
  'other-pinned': 'refused: another replica is pinned; release it first',
};
const REFUSED = new Set(['no-cluster', 'other-pinned']);

/** Has another replica elected, pins one, or releases it. @returns 0; 1 when it was refused */
export async function haCommand(
  command: CommandRequest['command'],
  args: readonly string[],
  flags: HaCommandFlags,
): Promise<number> {
  const { operands, argv } = takeOperands(args, operandsOf(command));
  const [cluster = '', replica] = operands;
  const timeoutMs = durationFlag('--timeout', flags.timeout, '15s') ?? DEFAULT_TIMEOUT_MS;
  const result = await withLogToCommand(argv, async (log, topics) => {
    const { clusters } = await readClusters(log, topics.clusters);
    const name = findCluster(clusters, { tenant: flags.tenant, cluster });
    const { why = '', force = false } = flags;
    const by = `${userInfo().username}@${hostname()}`;
    const spread = placeOfCluster(clusters, name).of === 'heartbeats';
    const request = { ...name, spread, command, replica, by, why, force, nowMs: Date.now(), timeoutMs };
    return giveCommand(log, topics, request);
  });
  console.log(flags.json === true ? formatJson(jsonOf(result)) : sentenceOf(result));
  return REFUSED.has(result.outcome ?? '') ? EXIT_CODES.failed : EXIT_CODES.clean;
}

function operandsOf(command: CommandRequest['command']): readonly WantedOperand[] {
  const cluster = { name: 'cluster', usage: `tandem ha ${command} CLUSTER` };
  if (command === 'release') return [cluster];
  const usage = `tandem ha ${command} CLUSTER REPLICA`;
  return [
    { ...cluster, usage },
    { name: 'replica', usage },
  ];
}

function sentenceOf({ cluster, replica, outcome, epoch }: Command): string {
  const words = WORDS[outcome ?? ''] ?? outcome ?? '';
  const subject =
    replica === null || REFUSED.has(outcome ?? '') || outcome === 'unchanged' ? '' : `replica ${replica} `;
  return `cluster ${cluster}: ${subject}${words}${epoch === null ? '' : ` (epoch ${epoch})`}`;
}

function jsonOf({ id, tenant, cluster, command, replica, by, why, atMs, outcome, epoch, ...source }: Command): unknown {
  const time = new Date(atMs).toISOString();
  const { sourcePartition: partition, sourceOffset: offset } = source;
  return { id, tenant, cluster, command, replica, by, why, time, outcome, epoch, partition, offset };
}
