// Everything a change must pass, in the order that fails soonest. `npm run check`
import { bin, run } from './run.mjs';

const node = process.execPath;
const STEPS = [
  ['lock file complete', node, ['tools/lockcheck.mjs']],
  ['generated files fresh', node, ['tools/generate.mjs', '--check']],
  ['project references in step', bin('nx'), ['sync:check']],
  ['types', bin('tsc'), ['--build']],
  ['lint', bin('eslint'), ['.']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['tests', node, ['tools/test.mjs']],
];

for (const [name, command, args] of STEPS) {
  console.log(`\n# ${name}`);
  const code = await run(command, args, { NX_DAEMON: 'false' });
  if (code !== 0) {
    console.error(`check: "${name}" failed with exit code ${code}`);
    process.exit(1);
  }
}
