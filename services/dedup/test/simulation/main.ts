import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';

import { type Findings } from './findings.ts';
import { Report } from './report.ts';
import { simulate } from './simulation.ts';
import { simulateSpread } from './spread/simulate-spread.ts';
import { traceOfSpread } from './spread/trace-spread.ts';
import { traceOf } from './trace.ts';
import { type World } from './world.ts';

/** Seeds whose whole trace is printed; of others only which invariants did not hold. */
const MAX_TRACES = 3;
const PROGRESS_EVERY_MS = 10_000;

interface Wanted {
  readonly runs: number;
  readonly seed: number;
  readonly minutes: number;
  /** Worlds with spread clusters. */
  readonly spread: boolean;
}

// The simulated log listens for the end of a claim anew at each wait.
setMaxListeners(0);
process.exitCode = await main(wantedOf(process.argv.slice(2)));

function wantedOf(argv: readonly string[]): Wanted {
  const text = { type: 'string' } as const;
  const spread = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ args: [...argv], options: { runs: text, seed: text, minutes: text, spread } });
  const { seed } = values;
  return {
    // A seed alone is one run, to be looked at.
    runs: numberOf('runs', values.runs ?? (seed === undefined ? '500' : '1')),
    seed: numberOf('seed', seed ?? '1'),
    minutes: numberOf('minutes', values.minutes ?? '1440'),
    spread: values.spread,
  };
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`cannot run the simulation: --${name} must be a number above 0, got "${text}"`);
  return value;
}

async function main({ runs, seed, minutes, spread }: Wanted): Promise<number> {
  const report = new Report();
  const beganMs = performance.now();
  let toldMs = beganMs;
  for (let n = 0; n < runs && performance.now() - beganMs < minutes * 60_000; n++) {
    await runSeed(seed + n, spread, report);
    if (performance.now() - toldMs < PROGRESS_EVERY_MS) continue;
    toldMs = performance.now();
    print(`${report.runs} of ${runs} runs, ${report.failed.length} failed, ${seconds(toldMs - beganMs)}`);
  }
  print(`${report.text()}\n${seconds(performance.now() - beganMs)}, seeds from ${seed} on`);
  return report.failed.length === 0 ? 0 : 1;
}

async function runSeed(seed: number, spread: boolean, report: Report): Promise<void> {
  const { findings, world, trace } = await played(seed, spread);
  report.add(seed, world.scenario, findings);
  const [first] = findings.violations;
  if (first === undefined) return;
  if (report.failed.length <= MAX_TRACES)
    print(`${trace()}\nagain: npm run simulate -- ${spread ? '--spread ' : ''}--seed=${seed}\n`);
  else print(`seed ${seed}, ${world.scenario}: ${first.invariant} ${first.cluster}: ${first.detail}`);
}

async function played(seed: number, spread: boolean): Promise<Played> {
  if (spread) {
    const simulation = await simulateSpread(seed);
    return { ...simulation, trace: () => traceOfSpread(simulation) };
  }
  const simulation = await simulate(seed);
  return { ...simulation, trace: () => traceOf(simulation) };
}

interface Played {
  readonly world: World;
  readonly findings: Findings;
  /** The run in words. */
  readonly trace: () => string;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
