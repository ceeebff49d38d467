import { fileURLToPath } from 'node:url';
import { runToEnd } from '@tandem/testing';
import { pinned } from '../measure/pin.ts';
import { type LoadJob, type LoadResult } from './job.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));
/** No run of load is this long; what is has got stuck. */
const TIMEOUT_MS = 120_000;

/**
 * Runs a load generator in a process of its own, on the core of the load.
 *
 * @throws {Error} when it did not send everything, or something was not answered 2xx
 */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const command = await pinned('load', { command: process.execPath, args: [PROGRAM, JSON.stringify(job)] });
  const { exit, output } = await runToEnd({ name: 'load', ...command, timeoutMs: TIMEOUT_MS });
  if (exit.code !== 0) throw new Error(`cannot load ${job.url}: ${output.trim() || (exit.signal ?? 'no output')}`);
  return JSON.parse(output) as LoadResult;
}
