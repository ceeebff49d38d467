import { describe, test } from '@jest/globals';
import { availability, isMandatory, type Requirement } from './requirement.ts';

/** `describe`, for tests that need something. */
export type DescribeWith = (name: string, body: () => void) => void;

const run: DescribeWith = describe;
const skip: DescribeWith = describe.skip;
const single: DescribeWith = test;

/**
 * Acquires what tests need and returns the `describe` to use for them:
 *
 * ```ts
 * const describeWith = await requires(redis, prometheus);
 * describeWith('a pair of replicas', () => { … });
 * ```
 *
 * Where something cannot be had, the tests are reported as skipped, with the reason in their name; where it is
 * mandatory ({@link isMandatory}), one failing test takes their place. The body runs in either of the first two cases,
 * so launch in `beforeAll`, not in the body.
 */
export async function requires(...needs: readonly Requirement[]): Promise<DescribeWith> {
  const found = await Promise.all(needs.map(async (need) => ({ ...need, ...(await availability(need)) })));
  const missing = found.filter((each) => each.missing !== undefined);
  if (missing.length === 0) return run;

  const reason = missing.map((each) => `${each.name}: ${each.missing ?? ''}`).join('; ');
  if (missing.some((each) => isMandatory(each))) return failing(reason);
  process.stderr.write(`tests skipped, cannot have ${reason}\n`);
  return (name, body) => {
    skip(`${name} (skipped, cannot have ${reason})`, body);
  };
}

function failing(reason: string): DescribeWith {
  return (name) => {
    run(name, () => {
      single('has what it needs', () => {
        throw new Error(`cannot have ${reason}`);
      });
    });
  };
}
