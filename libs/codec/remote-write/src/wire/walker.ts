import { type Protocol } from '../protocol.ts';
import { type Cursor } from './cursor.ts';
import { type Int32List } from './int32-list.ts';
import { type LabelSpan, type SeriesState } from './series-state.ts';
import { WalkerV1 } from './walker-v1.ts';
import { WalkerV2 } from './walker-v2.ts';

/** What a walk is for. */
export interface WalkOptions {
  readonly clusterLabel: string | null;
  readonly replicaLabel: string | null;
  /** Compute each series' fingerprint. */
  readonly fingerprints?: boolean;
  /** Refuse labels that are not UTF-8. */
  readonly checkUtf8?: boolean;
}

/** Goes through the series of a request; everything it meets is checked as far as it is looked at. */
export interface Walker {
  readonly cursor: Cursor;
  /** The series stood on, after `next` said true. */
  readonly series: SeriesState;
  /** Metadata records met so far outside of series, as spans (from, to). */
  readonly metadata: Int32List;
  /** Where the bytes of label texts are: in the request, or in a copy of it where a rewrite would move them. */
  readonly texts: Uint8Array;
  /** Moves to the next series; false at the end. @throws Invalid */
  next(): boolean;
  /** Labels of the series stood on. */
  labelCount(): number;
  /** Where label `index` of the series is. */
  readLabel(index: number, into: LabelSpan): void;
  /** Whether label `index` of the series is the replica's. */
  isReplica(index: number): boolean;
  /**
   * The spans (from, to), ascending, that have to go for the replica label to be gone. May change length prefixes in
   * the request, for good: the series must then be written without these spans.
   */
  cutReplica(cuts: Int32List): void;
}

/** A walker over the bytes of a request. @throws Invalid when the symbols of a 2.0 request are wrong */
export function walk(protocol: Protocol, data: Uint8Array, options: WalkOptions): Walker {
  return protocol === 'v1' ? new WalkerV1(data, options) : new WalkerV2(data, options);
}
