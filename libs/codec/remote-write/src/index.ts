export { decode, type DecodedSample, type DecodedSeries, type DecodeResult } from './decode.ts';
export { encode, type SampleInput, type SeriesInput } from './encode.ts';
export { inflate, type InflateResult } from './inflate/inflate.ts';
export { observe, type ObserveOptions, type ObserveResult } from './observe.ts';
export { PlaceTracker } from './place-tracker.ts';
export { failure, NoMemoryError, throwIfNoMemory, type Failure, type Problem, type ProblemCode } from './problem.ts';
export {
  checkEncoding,
  protocolOf,
  REQUEST_HEADERS,
  WRITTEN_HEADERS,
  type Protocol,
  type ProtocolResult,
} from './protocol.ts';
export { rewrite, type RewriteOptions, type Rewritten } from './rewrite.ts';
export { scan } from './scan.ts';
export { type ItemView, type SeriesTracker } from './series-tracker.ts';
export { compress, declaredLength, decompress, type DecompressResult } from './snappy.ts';
export { splitBySize, type SplitBySizeResult } from './split-by-size.ts';
export { split, type Group, type GroupKey, type SplitOptions, type SplitResult } from './split.ts';
export { staleMarkers, type StaleMarkersOptions, type StaleMarkersResult } from './stale-markers.ts';
export { type Identity, type IdentityLabels, type ScanResult, type Summary } from './summary.ts';
export { toV1, type Transcoded } from './to-v1.ts';
