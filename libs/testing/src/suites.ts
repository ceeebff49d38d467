// What needs Jest: contract suites of the ports, and skipping what cannot be run here. Test files import it as
// @tandem/testing/suites.
export { type DescribeWith, requires } from './launch/requires.ts';
export { describeLogContract } from './contracts/log-contract.ts';
export {
  type DurabilityHook,
  type DurabilityProof,
  type LogCapability,
  type LogHarness,
} from './contracts/log-contract-harness.ts';
export { describeLeaseContract } from './contracts/lease-contract.ts';
export { type LeaseHarness } from './contracts/lease-contract-harness.ts';
