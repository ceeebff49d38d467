export { failure, type Failure, type Problem, type ProblemCode } from './problem.ts';
export {
  checkEncoding,
  protocolOf,
  REQUEST_HEADERS,
  WRITTEN_HEADERS,
  type Protocol,
  type ProtocolResult,
} from './protocol.ts';
export { type Identity, type IdentityLabels, type ScanResult, type Summary } from './summary.ts';
export * from './api.ts';
