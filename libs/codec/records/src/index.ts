export { type HeaderProblem, type HeaderResult } from './header-reader.ts';
export { clusterId, clusterKey, shardKey, tenantKey, unpairedKey } from './keys.ts';
export {
  decodeDedupedHeaders,
  decodeSamplesHeaders,
  encodeDedupedHeaders,
  encodeSamplesHeaders,
  HEADER,
  MAX_DOWN_TARGETS,
  type BodyProtocol,
  type DedupedHeaders,
  type HaPair,
  type SamplesHeaders,
  type SampleSpan,
} from './samples-headers.ts';
export { isReadableVersion, RECORD_VERSION } from './versions.ts';
