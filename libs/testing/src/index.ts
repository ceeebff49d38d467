// For any process: nothing exported here may import @jest/globals. What needs Jest (contract suites, `requires`) is
// exported by ./suites.ts, as @tandem/testing/suites.
export { acquireBinary, findBinary, program, type Program } from './launch/binary.ts';
export { containerEngineAnswers } from './launch/container-engine.ts';
export { installPackage } from './launch/debian-package.ts';
export { withFileLock } from './launch/file-lock.ts';
export { type Output } from './launch/output.ts';
export { freePort, freePorts, httpOk, portOpen } from './launch/ports.ts';
export {
  type Exit,
  launch,
  LaunchedProcess,
  type LaunchOptions,
  runToEnd,
  type WaitForLine,
} from './launch/process.ts';
export { type Availability, availability, isMandatory, type Requirement } from './launch/requirement.ts';
export { tempDir, type TempDir } from './launch/temp-dir.ts';
export { delay, until, UntilError, type UntilOptions } from './launch/until.ts';
