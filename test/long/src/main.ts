// npm run long -- [--faults=kill,pause] [--intervals=1s,15s] [--parallel=2]
import { parseArgs } from 'node:util';

import { describeEnvironment, ResultKeeper } from './report/results.ts';
import { renderPage } from './report/page.ts';
import { type Outcome, outcomeOf } from './scenario/outcome.ts';
import { FAULTS, INTERVALS, type Plan, plansOf } from './scenario/plan.ts';
import { runPair } from './scenario/run.ts';
import { launchStage, type Stage } from './stage/stage.ts';

const USAGE = `usage: npm run long -- [render] [--faults=<list>] [--intervals=<list>] [--parallel=<n>]

Real Prometheus pairs before Tandem on Kafka and Redis, a fault at the elected replica of each, and the store behind
read back and compared with what others would have given. What was run replaces its part of the results and of
docs/real-pairs.md; all of it takes about ten minutes and a half for each batch of --parallel runs.

  render       only write docs/real-pairs.md again from the results
  --faults     ${FAULTS.join(', ')} (default all)
  --intervals  ${INTERVALS.map(({ id }) => id).join(', ')} (default all)
  --parallel   runs at a time, each a cluster of its own of one Tandem (default 2)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    faults: { type: 'string', default: FAULTS.join(',') },
    intervals: { type: 'string', default: INTERVALS.map(({ id }) => id).join(',') },
    parallel: { type: 'string', default: '2' },
  },
});
const faults = chosen(values.faults, FAULTS, String);
const intervals = chosen(values.intervals, INTERVALS, ({ id }) => id);
const parallel = Number(values.parallel);
const [command, ...more] = positionals;

if (
  more.length > 0 ||
  faults === undefined ||
  intervals === undefined ||
  !Number.isSafeInteger(parallel) ||
  parallel < 1
) {
  fail(USAGE);
} else if (command === 'render') {
  await renderPage();
} else if (command === undefined) {
  await runAll(plansOf(faults, intervals));
  await renderPage();
} else {
  fail(USAGE);
}

async function runAll(plans: readonly Plan[]): Promise<void> {
  const keeper = new ResultKeeper(await describeEnvironment());
  const stage = await launchStage(plans);
  try {
    const waiting = [...plans];
    const work = async (): Promise<void> => {
      for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
        const outcome = await runOne(stage, plan);
        if (outcome !== undefined) await keeper.keep(outcome);
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
  } finally {
    await stage.stop();
  }
}

/** `undefined` where the run itself failed. */
async function runOne(stage: Stage, plan: Plan): Promise<Outcome | undefined> {
  say(`${plan.id}: begins`);
  let outcome: Outcome | undefined;
  try {
    await runPair(stage, plan, async (seen) => {
      outcome = await outcomeOf(stage, seen);
    });
  } catch (error) {
    fail(`${plan.id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
  for (const finding of outcome?.findings ?? []) fail(`${plan.id}: ${finding}\n`);
  say(`${plan.id}: ends, ${outcome === undefined ? 'failed' : `${outcome.findings.length} findings`}`);
  return outcome;
}

/** The entries of a list of names; `undefined` where it names something else. */
function chosen<T>(list: string, all: readonly T[], nameOf: (entry: T) => string): readonly T[] | undefined {
  const names = new Set(list.split(','));
  const entries = all.filter((entry) => names.has(nameOf(entry)));
  return entries.length === names.size ? entries : undefined;
}

function say(message: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${message}\n`);
}

function fail(message: string): void {
  process.stderr.write(message);
  process.exitCode = 1;
}
