/* The signatures of what follows in files of its own. */
import { type Label } from '@tandem/series';
import { type Failure } from './problem.ts';
import { type Protocol } from './protocol.ts';
import { type IdentityLabels, type ScanResult, type Summary } from './summary.ts';

/* ---- snappy (block format) ---- */

/** The decoded length a block declares, or `undefined` when it declares none (empty, or no varint of 32 bits). */
export declare function declaredLength(block: Uint8Array): number | undefined;

export type DecompressResult = { readonly ok: true; readonly data: Uint8Array } | Failure;

/**
 * Inflates a block. The declared length is checked against `maxBytes` before anything is allocated (`too-large`);
 * otherwise `corrupt-snappy`, `framed-snappy`. For one request per turn of the event loop (ingest).
 */
export declare function decompress(block: Uint8Array, maxBytes: number): DecompressResult;

/** Deflates; the result belongs to the caller. */
export declare function compress(data: Uint8Array): Uint8Array;

/**
 * Inflates many blocks in a loop, into one buffer of its own. `data` of a result is valid, and may be changed, until
 * the next call.
 */
export declare class BlockDecoder {
  decompress(block: Uint8Array, maxBytes: number): DecompressResult;
}

/* ---- walking a request (uncompressed protobuf bytes) ---- */

/** One walk: framing, references, UTF-8; counts, time range, identity, down targets. */
export declare function scan(protocol: Protocol, data: Uint8Array, labels: IdentityLabels): ScanResult;

/** Takes note of the newest sample of each series; `SeriesTable` is one. */
export interface SeriesTracker {
  /** True when the sample is newer than its series' last one. Halves of the fingerprint are signed 32-bit integers. */
  advance(high: number, low: number, timestampMs: number): boolean;
}

export interface RewriteOptions {
  /** Removed from each series, and left out of its fingerprint; `null`: nothing is removed. */
  readonly replicaLabel: string | null;
  /** Asked for each sample and histogram, in the order of the request; false drops it. Absent: everything is kept. */
  readonly series?: SeriesTracker;
}

export interface Rewritten {
  readonly ok: true;
  /** A view into `data`. Empty when nothing is left that is worth sending. */
  readonly body: Uint8Array;
  /** Series kept. */
  readonly keptSeries: number;
  /** Samples and histograms kept. */
  readonly keptSamples: number;
  /** Samples and histograms not newer than their series' last one. */
  readonly droppedSamples: number;
  /** Range of what is kept, Unix ms. */
  readonly minTimestampMs: number | undefined;
  readonly maxTimestampMs: number | undefined;
}

/**
 * Removes the replica label and the samples that are not newer than their series' last one. **Works in place**: the
 * output is never longer than the input, so `data` is overwritten and the result is a view into it. Exemplars and
 * metadata stay with their series; a series left without anything but labels goes; one that had exemplars alone stays.
 * On a failure `data` is spoilt and the tracker may have seen some of its samples.
 */
export declare function rewrite(protocol: Protocol, data: Uint8Array, options: RewriteOptions): Rewritten | Failure;

/** Tells the tracker of every sample and histogram of a request, without making anything of it (recovery). */
export declare function observe(
  protocol: Protocol,
  data: Uint8Array,
  options: { readonly replicaLabel: string | null; readonly series: SeriesTracker },
): { readonly ok: true; readonly samples: number } | Failure;

/* ---- splitting ---- */

export interface SplitOptions extends IdentityLabels {
  /** Series of no cluster and replica are grouped by their fingerprint modulo this. */
  readonly partitions: number;
  /** More groups than this are refused (`too-many-groups`). Default 4096. */
  readonly maxGroups?: number;
}

export type GroupKey =
  | { readonly kind: 'pair'; readonly cluster: string; readonly replica: string }
  /** Series that lack the cluster or the replica (or both). */
  | { readonly kind: 'series'; readonly partition: number }
  /** Metadata records of a 1.0 request, which belong to no series. */
  | { readonly kind: 'metadata' };

export interface Group {
  readonly key: GroupKey;
  /** A request of its own, uncompressed. */
  readonly body: Uint8Array;
  readonly summary: Summary;
}

/** Splits a mixed request (or one of no pair) into one request per group; their bodies together hold everything. */
export declare function split(
  protocol: Protocol,
  data: Uint8Array,
  options: SplitOptions,
): { readonly ok: true; readonly groups: readonly Group[] } | Failure;

/**
 * Splits by series into requests of at most `maxBytes` uncompressed bytes, in the order of the series; `too-large`
 * when one series alone is larger. Each part can be scanned for its summary.
 */
export declare function splitBySize(
  protocol: Protocol,
  data: Uint8Array,
  maxBytes: number,
): { readonly ok: true; readonly bodies: readonly Uint8Array[] } | Failure;

/* ---- 2.0 → 1.0 ---- */

export interface Transcoded {
  readonly ok: true;
  /** Belongs to the caller. */
  readonly body: Uint8Array;
  readonly series: number;
  readonly samples: number;
  readonly histograms: number;
  /** Histograms with custom buckets (schema −53), which 1.0 must not carry. */
  readonly droppedHistograms: number;
}

/** Transcodes on the wire. Metadata and start timestamps are dropped (1.0 has no place for them). */
export declare function toV1(dataV2: Uint8Array): Transcoded | Failure;

/* ---- objects, for our own senders, the sink and tests ---- */

export interface SampleInput {
  readonly value: number;
  readonly timestampMs: number;
  /** The stale marker instead of `value`. */
  readonly stale?: boolean;
}

export interface SeriesInput {
  /** Sorted by the encoder. */
  readonly labels: readonly Label[];
  readonly samples: readonly SampleInput[];
}

/** The uncompressed body of a request. */
export declare function encode(protocol: Protocol, series: readonly SeriesInput[]): Uint8Array;

export interface DecodedSample {
  readonly value: number;
  readonly timestampMs: number;
  readonly stale: boolean;
}

export interface DecodedSeries {
  readonly labels: readonly Label[];
  readonly samples: readonly DecodedSample[];
  /** Times of native histograms, Unix ms. */
  readonly histogramTimestampsMs: readonly number[];
}

/** Decodes into objects: about thirty times the cost of a scan, for the sink and for tests. */
export declare function decode(
  protocol: Protocol,
  data: Uint8Array,
): { readonly ok: true; readonly series: readonly DecodedSeries[] } | Failure;
