import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { adminCases } from './log-contract-admin.ts';
import { appendCases } from './log-contract-append.ts';
import { type LogCaseGroup, type LogSuite } from './log-contract-case.ts';
import { commitCases } from './log-contract-commit.ts';
import { durabilityCases } from './log-contract-durability.ts';
import { exactlyOnceCases } from './log-contract-exactly-once.ts';
import { fencingCases } from './log-contract-fencing.ts';
import { groupCases } from './log-contract-groups.ts';
import { readCases } from './log-contract-read.ts';
import { type LogHarness } from './log-contract-harness.ts';
import { LogFixture } from './log-contract-support.ts';

const GROUPS: readonly LogCaseGroup[] = [
  ...adminCases,
  ...appendCases,
  ...readCases,
  ...groupCases,
  ...commitCases,
  ...fencingCases,
  ...exactlyOnceCases,
  ...durabilityCases,
];

/**
 * The behaviour every driver of the log port must show: describes one block of tests with the given name.
 *
 * Each test uses topics and groups of its own, so a run leaves nothing that disturbs the next one. A group that
 * needs a hook the harness does not have does not apply to the driver (nothing can crash in memory) and is left out.
 */
// eslint-disable-next-line jest/no-export -- a suite is a library of tests
export function describeLogContract(name: string, harness: LogHarness): void {
  const timeoutMs = harness.timeoutMs ?? 30_000;
  const fixture = new LogFixture(harness, timeoutMs);
  const suite: LogSuite = { harness, fixture, timeoutMs };

  describe(`${name} keeps the contract of the log:`, () => {
    beforeAll(async () => harness.start?.(), timeoutMs * 4);
    afterEach(async () => fixture.closeAll(), timeoutMs);
    afterAll(async () => harness.close(), timeoutMs);
    for (const group of GROUPS) describeGroup(suite, group);
  });
}

function describeGroup(suite: LogSuite, { title, needs, cases }: LogCaseGroup): void {
  const { harness } = suite;
  // Three restarts of a broker on a busy machine take their time.
  const timeoutMs = needs === 'restart' ? 4 * suite.timeoutMs : suite.timeoutMs;
  if (needs !== undefined && harness[needs] === undefined) return;
  // eslint-disable-next-line jest/valid-title -- the groups of the suite are data
  describe(title, () => {
    test.each(Object.entries(cases))(
      '%s',
      async (_sentence, run) => {
        await expect(run(suite)).resolves.toBeUndefined();
      },
      timeoutMs,
    );
  });
}
