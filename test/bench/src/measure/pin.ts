import { availableParallelism } from 'node:os';
import { findBinary, runToEnd } from '@tandem/testing';

/** Which core measured programs run on, and which one what loads them and swallows what they send. */
export const CORES = { server: 0, load: 1 } as const;

/** One of the two. */
export type Core = keyof typeof CORES;

/** A command line. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** Whether programs can be pinned here: `taskset` is there, and two cores. */
export async function canPin(): Promise<boolean> {
  return availableParallelism() >= 2 && (await findBinary('taskset')) !== undefined;
}

/** The command line that runs a program on one core, where that is possible. The process id stays the program's. */
export async function pinned(core: Core, { command, args }: Command): Promise<Command> {
  if (!(await canPin())) return { command, args };
  return { command: 'taskset', args: ['-c', String(CORES[core]), command, ...args] };
}

/** Moves a running process, with all its threads, to one core, where that is possible. */
export async function pin(core: Core, pid: number): Promise<void> {
  if (!(await canPin())) return;
  const args = ['-a', '-p', '-c', String(CORES[core]), String(pid)];
  const { exit, output } = await runToEnd({ name: 'taskset', command: 'taskset', args, timeoutMs: 10_000 });
  if (exit.code !== 0) throw new Error(`cannot pin process ${pid}: ${output.trim()}`);
}
