import { describeError } from '@tandem/errors';
import { EXIT_CODES } from '@tandem/lifecycle';
import { CommanderError } from 'commander';

import { CommandExit } from './config/command-exit.ts';
import { createProgram } from './program.ts';

const program = createProgram((exitCode) => {
  process.exitCode = exitCode;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommandExit) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else if (!(error instanceof CommanderError)) {
    process.stderr.write(`tandem: ${describeError(error)}\n`);
    process.exitCode = EXIT_CODES.failed;
  }
}
