import { configKeys } from '@tandem/config';
import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from '../config/command-exit.ts';
import { tandemSchema } from '../config/schema.ts';

/** What a command is given beside the flags of the configuration. */
export interface Operands {
  /** In their order, as many as were asked for. */
  readonly operands: readonly string[];
  /** What remains: the flags of the configuration. */
  readonly argv: readonly string[];
}

/** An operand that a command wants. */
export interface WantedOperand {
  /** What it is, for the message that it is missing. */
  readonly name: string;
  /** How it is given: whole commands. */
  readonly usage: string;
}

/**
 * Takes the operands out of the arguments, wherever they stand among the flags.
 *
 * @throws {CommandExit} 2 where one is missing
 */
export function takeOperands(args: readonly string[], wanted: readonly WantedOperand[]): Operands {
  const alone = flagsWithoutValue();
  const operands: string[] = [];
  let argv = args;
  for (const { name, usage } of wanted) {
    const at = argv.findIndex((argument, index) => !argument.startsWith('--') && !takesValue(argv[index - 1], alone));
    const operand = argv[at];
    if (operand === undefined) throw new CommandExit(EXIT_CODES.usage, `the ${name} is missing: ${usage}`);
    operands.push(operand);
    argv = argv.toSpliced(at, 1);
  }
  return { operands, argv };
}

function takesValue(before: string | undefined, alone: ReadonlySet<string>): boolean {
  return before?.startsWith('--') === true && !before.includes('=') && !alone.has(before);
}

function flagsWithoutValue(): ReadonlySet<string> {
  const flags = configKeys(tandemSchema).filter(({ type }) => type === 'boolean');
  return new Set(flags.flatMap(({ flag = '' }) => [flag, flag.replace(/^--/u, '--no-')]));
}
