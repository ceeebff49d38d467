import { join } from 'node:path';
import { launch, type LaunchedProcess } from '@tandem/testing';

const HERE = import.meta.dirname;

/** The arguments with which Node runs a command of the child on a data directory. */
export function childArgs(path: string, ...command: string[]): string[] {
  const register = join(HERE, 'register.mjs');
  return ['--conditions=@tandem/source', '--import', register, join(HERE, 'main.ts'), path, ...command];
}

/** A process of its own on a data directory; see main.ts for the commands. */
export function launchChild(path: string, ...command: string[]): Promise<LaunchedProcess> {
  return launch({
    name: command.join(' '),
    command: process.execPath,
    args: childArgs(path, ...command),
    ready: (child) => child.output.sinceMark.includes('open\n'),
  });
}
