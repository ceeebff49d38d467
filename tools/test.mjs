// Runs the tests in lanes and ends with one line: "N passed, N failed, N skipped".
//   npm test                      everything
//   npm test -- --lane unit       one lane (unit, integration, e2e); other arguments go to jest
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, ROOT, run } from './run.mjs';

const LANES = {
  unit: { pattern: String.raw`\.test\.ts$`, args: [] },
  integration: { pattern: String.raw`\.itest\.ts$`, args: ['--maxWorkers=2'] },
  // Whole processes, measured against the clock: one file at a time.
  e2e: { pattern: String.raw`\.e2e\.ts$`, args: ['--runInBand'] },
};

function parse(argv) {
  const rest = [...argv];
  const at = rest.indexOf('--lane');
  if (at < 0) return { lanes: Object.keys(LANES), rest };
  const [, lane] = rest.splice(at, 2);
  if (!(lane in LANES)) {
    console.error(`unknown lane "${lane}": one of ${Object.keys(LANES).join(', ')}`);
    process.exit(2);
  }
  return { lanes: [lane], rest };
}

async function runLane(lane, rest, dir) {
  const { pattern, args } = LANES[lane];
  const report = join(dir, `${lane}.json`);
  console.log(`\n== ${lane} ==`);
  const code = await run(process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--testPathPatterns',
    pattern,
    '--passWithNoTests',
    '--json',
    `--outputFile=${report}`,
    ...args,
    ...rest,
  ]);
  return { lane, code, ...tally(report) };
}

/** A suite that could not run counts as one failure, so that it cannot hide. */
function tally(report) {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const names = (status) =>
      result.testResults.flatMap((file) =>
        file.assertionResults.filter((test) => test.status === status).map((test) => test.fullName),
      );
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: names('pending').concat(names('todo')),
      failures: names('failed').concat(
        result.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).map((f) => f.name),
      ),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: [], failures: ['the lane gave no report'] };
  }
}

async function main() {
  const { lanes, rest } = parse(process.argv.slice(2));
  const dir = mkdtempSync(join(tmpdir(), 'tandem-test-'));
  try {
    if ((await run(bin('tsc'), ['--build'])) !== 0) {
      console.log('the build failed\n0 passed, 1 failed, 0 skipped');
      return 1;
    }
    const results = [];
    for (const lane of lanes) results.push(await runLane(lane, rest, dir));
    return report(results);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function report(results) {
  const sum = (pick) => results.reduce((total, result) => total + pick(result), 0);
  for (const { lane, failures, skipped } of results) {
    for (const name of failures) console.log(`failed in ${lane}: ${name}`);
    for (const name of skipped) console.log(`skipped in ${lane}: ${name}`);
  }
  const failed = sum((r) => r.failed) || results.filter((r) => r.code !== 0).length;
  console.log(`${sum((r) => r.passed)} passed, ${failed} failed, ${sum((r) => r.skipped.length)} skipped`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
