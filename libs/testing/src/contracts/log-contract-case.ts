import { type LogCapability, type LogHarness } from './log-contract-harness.ts';
import { type LogFixture } from './log-contract-support.ts';

/** What every case of the suite is given. */
export interface LogSuite {
  readonly harness: LogHarness;
  readonly fixture: LogFixture;
  readonly timeoutMs: number;
}

/** Cases by their names, which are sentences that begin with the title of their group. */
export type LogCases = Readonly<Record<string, (suite: LogSuite) => Promise<void>>>;

/** Cases about one thing. */
export interface LogCaseGroup {
  readonly title: string;
  /** The hook of the harness without which the group does not apply. */
  readonly needs?: LogCapability;
  readonly cases: LogCases;
}
