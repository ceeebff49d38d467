import { configKeys } from '@tandem/config';
import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from '../config/command-exit.ts';
import { tandemSchema } from '../config/schema.ts';

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
  const alone = flagsWithoutValue();
  const isValue = (before: string | undefined): boolean =>
    before?.startsWith('--') === true && !before.includes('=') && !alone.has(before);
  const at = args.findIndex((argument, index) => !argument.startsWith('--') && !isValue(args[index - 1]));
  const cluster = args[at];
  if (cluster === undefined) {
    throw new CommandExit(
      EXIT_CODES.usage,
      'the cluster is missing: tandem ha show CLUSTER, tandem ha history CLUSTER',
    );
  }
  return { cluster, argv: args.toSpliced(at, 1) };
}

function flagsWithoutValue(): ReadonlySet<string> {
  const flags = configKeys(tandemSchema).filter(({ type }) => type === 'boolean');
  return new Set(flags.flatMap(({ flag = '' }) => [flag, flag.replace(/^--/u, '--no-')]));
}
