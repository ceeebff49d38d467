import { describeError } from '@tandem/errors';
import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from './config/command-exit.ts';

const [command, ...argv] = process.argv.slice(2);

try {
  // Without the program, whose commands are many: what waits for alerts to start does not wait for those.
  await (command === 'alerts' ? runAlerts() : runProgram());
} catch (error) {
  if (error instanceof CommandExit) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`tandem: ${describeError(error)}\n`);
    process.exitCode = EXIT_CODES.failed;
  }
}

async function runAlerts(): Promise<void> {
  const { runAlerts: run } = await import('./commands/run-alerts.ts');
  process.exitCode = await run(argv);
}

async function runProgram(): Promise<void> {
  const [{ CommanderError }, { createProgram }] = await Promise.all([import('commander'), import('./program.ts')]);
  const program = createProgram((exitCode) => {
    process.exitCode = exitCode;
  });
  try {
    await program.parseAsync();
  } catch (error) {
    // It has said so itself, and set the exit code.
    if (!(error instanceof CommanderError)) throw error;
  }
}
