import { type RecordHeaders } from '@tandem/stream';

import { HeaderReader, type HeaderResult } from './header-reader.ts';
import { isReadableVersion, RECORD_VERSION } from './versions.ts';

/** Names of the headers of `samples` and `deduped` (from `epoch` on: of `deduped` alone). */
export const HEADER = {
  version: 'version',
  kind: 'kind',
  tenant: 'tenant',
  cluster: 'cluster',
  replica: 'replica',
  shard: 'shard',
  protocol: 'protocol',
  samples: 'samples',
  minTimestamp: 'min-ts',
  maxTimestamp: 'max-ts',
  receivedAt: 'received-at',
  downTargets: 'down-targets',
  upSamples: 'up-samples',
  downSamples: 'down-samples',
  epoch: 'epoch',
  sourcePartition: 'source-partition',
  sourceOffset: 'source-offset',
  highTimestamp: 'high-ts',
  fill: 'fill',
  watermark: 'watermark',
  outOfOrder: 'out-of-order',
} as const;

/** Header of a record of `samples` that holds an operator's command instead of a body; records of bodies have no kind. */
export const COMMAND_KIND = 'command';

/** Whether a record of `samples` holds an operator's command. */
export function isCommand(headers: RecordHeaders): boolean {
  return headers[HEADER.kind] === COMMAND_KIND;
}

/** Header of a record that holds settings: in `samples` where they take effect, in `commands` and `clusters` as noted. */
export const SETTINGS_KIND = 'settings';

/** Whether a record of `samples`, `commands` or `clusters` holds settings. */
export function isSettings(headers: RecordHeaders): boolean {
  return headers[HEADER.kind] === SETTINGS_KIND;
}

/** Whether a record of `samples` holds a body, and not something of ours in band: a command, settings, a barrier. */
export function isBody(headers: RecordHeaders): boolean {
  return headers[HEADER.kind] === undefined;
}

/** The remote-write version a body is in: `1.0` is `prometheus.WriteRequest`, `2.0` is `io.prometheus.write.v2.Request`. */
export type BodyProtocol = '1.0' | '2.0';

/** What makes a sender part of a highly available pair. Neither is ever empty. */
export interface HaPair {
  readonly cluster: string;
  readonly replica: string;
}

/** Oldest and newest sample of a body, Unix ms. */
export interface SampleSpan {
  readonly minTimestampMs: number;
  readonly maxTimestampMs: number;
}

/** The largest time of a sample, Unix ms, either way: the distance of two is a whole number that our records can hold. */
const MAX_TIMESTAMP_MS = 2 ** 52 - 1;

/** The most targets a record names as down; beyond it the list says nothing more. */
export const MAX_DOWN_TARGETS = 64;

/** What the headers of a record of `samples` say about its body, readable without touching it. */
export interface SamplesHeaders {
  readonly tenant: string;
  /** Absent on records that are not deduplicated: series without both labels, metadata alone. */
  readonly pair?: HaPair;
  /** Shard of a cluster spread over partitions. */
  readonly shard?: number;
  readonly protocol: BodyProtocol;
  /** Samples and native histograms in the body; 0 for metadata or exemplars alone. */
  readonly samples: number;
  /** Absent exactly when `samples` is 0. */
  readonly span?: SampleSpan;
  /** When ingest received the request, Unix ms on its clock. */
  readonly receivedAtMs: number;
  /** Hashes (16 hexadecimal digits) of the targets whose `up` is 0 in this body. */
  readonly downTargets: readonly string[];
  /** Samples of `up` in this body, and those of them that are 0; absent: none. */
  readonly upSamples?: number;
  readonly downSamples?: number;
}

/** The headers of a record of `samples`. */
export function encodeSamplesHeaders(headers: SamplesHeaders): RecordHeaders {
  const encoded = encodeCommon(headers);
  if (headers.downTargets.length > 0) {
    encoded[HEADER.downTargets] = headers.downTargets.slice(0, MAX_DOWN_TARGETS).join(',');
  }
  const { upSamples = 0, downSamples = 0 } = headers;
  if (upSamples > 0) encoded[HEADER.upSamples] = String(upSamples);
  if (downSamples > 0) encoded[HEADER.downSamples] = String(downSamples);
  return encoded;
}

/** Reads the headers of a record of `samples`; headers it does not know are passed over. */
export function decodeSamplesHeaders(headers: RecordHeaders): HeaderResult<SamplesHeaders> {
  const reader = new HeaderReader(headers);
  const upSamples = reader.integer(HEADER.upSamples, 0);
  const downSamples = reader.integer(HEADER.downSamples, 0);
  const decoded: Writable<SamplesHeaders> = { ...readCommon(reader), downTargets: readDownTargets(reader) };
  if (upSamples !== undefined) decoded.upSamples = upSamples;
  if (downSamples !== undefined) decoded.downSamples = downSamples;
  return reader.problem ?? { ok: true, headers: decoded };
}

/** What the headers of a record of `deduped` say: `pair.replica` is the replica it came from, the elected one or, of a fill, mostly the standby. */
export interface DedupedHeaders extends CommonHeaders {
  /** Epoch of the election that let it through; absent where `pair` is. */
  readonly epoch?: number;
  /** Where the body came from in `samples`. Parts of one split body name the same record. */
  readonly sourcePartition: number;
  readonly sourceOffset: number;
  /**
   * Newest sample of all records before this one in its partition of `deduped`, Unix ms; absent where there was none.
   * A later sample is no repeat of anything before this record: so far back, and no farther, a restart has to read.
   */
  readonly highTimestampMs?: number;
  /**
   * There where it belongs to a fill (samples of a target the elected replica could not scrape, or the end of its series):
   * offset in `samples` at which the fill's term began.
   */
  readonly fill?: number;
  /** The newest watermark before this record in its partition, Unix ms; absent where there is none. */
  readonly watermarkMs?: number;
  /** Its samples are older than their series' last one and were not let through before: nothing else is in the record. */
  readonly outOfOrder?: true;
}

/** The headers of a record of `deduped`. */
export function encodeDedupedHeaders(headers: DedupedHeaders): RecordHeaders {
  const encoded = encodeCommon(headers);
  if (headers.epoch !== undefined) encoded[HEADER.epoch] = String(headers.epoch);
  encoded[HEADER.sourcePartition] = String(headers.sourcePartition);
  encoded[HEADER.sourceOffset] = String(headers.sourceOffset);
  if (headers.highTimestampMs !== undefined) encoded[HEADER.highTimestamp] = String(headers.highTimestampMs);
  if (headers.fill !== undefined) encoded[HEADER.fill] = String(headers.fill);
  if (headers.watermarkMs !== undefined) encoded[HEADER.watermark] = String(headers.watermarkMs);
  if (headers.outOfOrder === true) encoded[HEADER.outOfOrder] = 'true';
  return encoded;
}

/** Reads the headers of a record of `deduped`; headers it does not know are passed over. */
export function decodeDedupedHeaders(headers: RecordHeaders): HeaderResult<DedupedHeaders> {
  const reader = new HeaderReader(headers);
  const common = readCommon(reader);
  const epoch = common.pair === undefined ? undefined : reader.requiredInteger(HEADER.epoch, 1);
  const highTimestampMs = reader.integer(HEADER.highTimestamp);
  const fill = reader.integer(HEADER.fill, 0);
  const watermarkMs = reader.integer(HEADER.watermark);
  const decoded: Writable<DedupedHeaders> = {
    ...common,
    sourcePartition: reader.requiredInteger(HEADER.sourcePartition, 0),
    sourceOffset: reader.requiredInteger(HEADER.sourceOffset, 0),
  };
  if (epoch !== undefined) decoded.epoch = epoch;
  if (highTimestampMs !== undefined) decoded.highTimestampMs = highTimestampMs;
  if (fill !== undefined) decoded.fill = fill;
  if (watermarkMs !== undefined) decoded.watermarkMs = watermarkMs;
  if (reader.text(HEADER.outOfOrder) === 'true') decoded.outOfOrder = true;
  return reader.problem ?? { ok: true, headers: decoded };
}

/** What is put together property by property: objects made of others cost several times as much, and are made per record. */
type Writable<T> = { -readonly [Property in keyof T]: T[Property] };

type CommonHeaders = Omit<SamplesHeaders, 'downTargets' | 'upSamples' | 'downSamples'>;

function encodeCommon(headers: CommonHeaders): Record<string, string> {
  const encoded: Record<string, string> = {
    [HEADER.version]: String(RECORD_VERSION),
    [HEADER.tenant]: headers.tenant,
    [HEADER.protocol]: headers.protocol,
    [HEADER.samples]: String(headers.samples),
    [HEADER.receivedAt]: String(headers.receivedAtMs),
  };
  if (headers.pair !== undefined) {
    encoded[HEADER.cluster] = headers.pair.cluster;
    encoded[HEADER.replica] = headers.pair.replica;
  }
  if (headers.shard !== undefined) encoded[HEADER.shard] = String(headers.shard);
  if (headers.span !== undefined) {
    encoded[HEADER.minTimestamp] = String(headers.span.minTimestampMs);
    encoded[HEADER.maxTimestamp] = String(headers.span.maxTimestampMs);
  }
  return encoded;
}

function readCommon(reader: HeaderReader): CommonHeaders {
  readVersion(reader);
  const pair = readPair(reader);
  const shard = reader.integer(HEADER.shard, 0);
  const samples = reader.requiredInteger(HEADER.samples, 0);
  const span = samples > 0 ? readSpan(reader) : undefined;
  const common: Writable<CommonHeaders> = {
    tenant: reader.requiredText(HEADER.tenant),
    protocol: readProtocol(reader),
    samples,
    receivedAtMs: reader.requiredInteger(HEADER.receivedAt),
  };
  if (pair !== undefined) common.pair = pair;
  if (shard !== undefined) common.shard = shard;
  if (span !== undefined) common.span = span;
  return common;
}

function readVersion(reader: HeaderReader): void {
  const version = reader.requiredInteger(HEADER.version);
  if (!isReadableVersion(version)) {
    reader.fail(HEADER.version, `version ${version} is too far from ${RECORD_VERSION}, the one of this reader`);
  }
}

function readPair(reader: HeaderReader): HaPair | undefined {
  const cluster = reader.text(HEADER.cluster);
  const replica = reader.text(HEADER.replica);
  if (cluster !== undefined && replica !== undefined) return { cluster, replica };
  if (cluster === undefined && replica !== undefined)
    reader.fail(HEADER.cluster, 'there is a replica without a cluster');
  if (cluster !== undefined && replica === undefined)
    reader.fail(HEADER.replica, 'there is a cluster without a replica');
  return undefined;
}

function readProtocol(reader: HeaderReader): BodyProtocol {
  const protocol = reader.requiredText(HEADER.protocol);
  if (protocol === '1.0' || protocol === '2.0') return protocol;
  reader.fail(HEADER.protocol, `${JSON.stringify(protocol.slice(0, 40))} is neither "1.0" nor "2.0"`);
  return '1.0';
}

function readSpan(reader: HeaderReader): SampleSpan {
  const minTimestampMs = reader.requiredInteger(HEADER.minTimestamp);
  const maxTimestampMs = reader.requiredInteger(HEADER.maxTimestamp);
  checkTimestamp(reader, HEADER.minTimestamp, minTimestampMs);
  checkTimestamp(reader, HEADER.maxTimestamp, maxTimestampMs);
  if (minTimestampMs > maxTimestampMs) {
    reader.fail(HEADER.minTimestamp, `${minTimestampMs} is after ${HEADER.maxTimestamp} ${maxTimestampMs}`);
  }
  return { minTimestampMs, maxTimestampMs };
}

function checkTimestamp(reader: HeaderReader, header: string, timestampMs: number): void {
  if (Math.abs(timestampMs) > MAX_TIMESTAMP_MS) reader.fail(header, `${timestampMs} is beyond 2^52 ms`);
}

const NO_TARGETS: readonly string[] = [];
const TARGET_HASH = /^[0-9a-f]{16}$/;

function readDownTargets(reader: HeaderReader): readonly string[] {
  const text = reader.text(HEADER.downTargets);
  if (text === undefined) return NO_TARGETS;
  const targets = text.split(',', MAX_DOWN_TARGETS + 1);
  if (targets.length > MAX_DOWN_TARGETS) reader.fail(HEADER.downTargets, `more than ${MAX_DOWN_TARGETS} targets`);
  if (!targets.every((target) => TARGET_HASH.test(target))) {
    reader.fail(HEADER.downTargets, 'a target is not 16 hexadecimal digits');
  }
  return targets;
}
