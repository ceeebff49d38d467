// npm run bench -- ingest [--rounds=5] [--samples=2000000]
import { parseArgs } from 'node:util';
import { benchIngest } from './ingest/bench-ingest.ts';
import { renderBenchmarks } from './report/benchmarks-page.ts';
import { writeResult } from './report/results.ts';

const USAGE = `usage: npm run bench -- <name> [--rounds=<n>] [--samples=<n>]

  ingest   CPU, memory and latency of ingest on both logs, beside vmagent
  render   only write docs/benchmarks.md again from the results

  --rounds   rounds that count, after a warm-up (default 5)
  --samples  samples of one run of one program (default 2000000)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, samples: { type: 'string', default: '2000000' } },
});
const rounds = Number(values.rounds);
const samplesPerRun = Number(values.samples);
const [name] = positionals;

if (positionals.length !== 1 || !isPositive(rounds) || !isPositive(samplesPerRun)) {
  fail(USAGE);
} else if (name === 'ingest') {
  await writeResult(await benchIngest({ rounds, samplesPerRun, report: console.error }));
  await renderBenchmarks();
} else if (name === 'render') {
  await renderBenchmarks();
} else {
  fail(USAGE);
}

function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function fail(message: string): void {
  process.stderr.write(message);
  process.exitCode = 2;
}
