import { takeOperands } from './operands.ts';

/** Arguments of a command that is given a cluster and the configuration's flags. */
export interface ClusterArguments {
  readonly cluster: string;
  /** What remains: the flags of the configuration. */
  readonly argv: readonly string[];
}

/**
 * Takes the cluster out of the arguments, wherever it stands among the flags.
 *
 * @throws {CommandExit} 2 where there is none
 */
export function takeCluster(args: readonly string[]): ClusterArguments {
  const usage = ['show', 'history', 'ledger', 'whatif'].map((command) => `tandem ha ${command} CLUSTER`).join(', ');
  const { operands, argv } = takeOperands(args, [{ name: 'cluster', usage }]);
  const [cluster = ''] = operands;
  return { cluster, argv };
}
