import {
  clusterKey,
  encodeSamplesHeaders,
  shardKey,
  tenantKey,
  unpairedKey,
  type SamplesHeaders,
} from '@tandem/records';
import {
  compress,
  inflate,
  rewrite,
  scan,
  split,
  splitBySize,
  type Group,
  type GroupKey,
  type Protocol,
  type Summary,
} from '@tandem/remote-write';
import { partitionOf, type OutgoingRecord } from '@tandem/stream';

import { refusalOf, refuse, type Refusal } from './refusal.ts';
import { type PlanSettings } from './settings.ts';

/** A request whose headers were understood. */
export interface IncomingRequest {
  readonly protocol: Protocol;
  readonly tenant: string;
  /** Snappy block, as received. */
  readonly body: Uint8Array;
  /** Unix ms. */
  readonly receivedAtMs: number;
}

/** What a record of a spread cluster holds. */
export interface Beat extends SamplesHeaders {
  /** Of its value. */
  readonly sizeBytes: number;
}

/** What becomes of a request: the records that hold all of it, and what they hold. */
export interface Plan {
  readonly ok: true;
  readonly records: readonly OutgoingRecord[];
  /** What the records of spread clusters hold, for their heartbeats. */
  readonly beats: readonly Beat[];
  readonly summary: Summary;
  /** Whether the body goes into the log as it came. */
  readonly untouched: boolean;
  /** What to answer once the records are in the log, where a part of the request is refused and the rest is taken. */
  readonly partial?: PartialRefusal;
}

/** A part of a request that is refused. */
export interface PartialRefusal extends Refusal {
  /** Samples and histograms that are not taken. */
  readonly droppedSamples: number;
}

/** Longest name of a cluster, bytes: it goes into keys, headers and labels everywhere. As Mimir's longest label value. */
const MAX_CLUSTER_LENGTH = 2048;

/** Decides what goes into the log for a request: its body as it came wherever that is possible. Pure. */
export function planRequest(request: IncomingRequest, settings: PlanSettings): Plan | Refusal {
  const inflated = inflate(request.body, settings.maxDecodedBytes, (data) => planInflated(request, data, settings));
  return inflated.ok ? inflated.value : refusalOf(inflated);
}

/** What is planned holds nothing of `data`, which is used again for the next request. */
function planInflated(request: IncomingRequest, data: Uint8Array, settings: PlanSettings): Plan | Refusal {
  const scanned = scan(request.protocol, data, settings);
  if (!scanned.ok) return refusalOf(scanned);
  const latestMs = request.receivedAtMs + settings.maxFutureMs;
  if ((scanned.summary.maxTimestampMs ?? 0) > latestMs) return planUntil(latestMs, request, data, settings);
  return planScanned(request, data, scanned.summary, settings);
}

/**
 * Leaves out what lies too far ahead (one such sample would make everything after it look late) and takes the rest.
 */
function planUntil(
  latestMs: number,
  request: IncomingRequest,
  data: Uint8Array,
  settings: PlanSettings,
): Plan | Refusal {
  const series = { advance: (_high: number, _low: number, timestampMs: number): boolean => timestampMs <= latestMs };
  const rewritten = rewrite(request.protocol, data, { replicaLabel: null, series });
  if (!rewritten.ok) return refusalOf(rewritten);
  const scanned = scan(request.protocol, rewritten.body, settings);
  if (!scanned.ok) return refusalOf(scanned);
  const kept = { ...request, body: compress(rewritten.body) };
  const plan = planScanned(kept, rewritten.body, scanned.summary, settings);
  if (!plan.ok) return plan;
  const { droppedSamples } = rewritten;
  const message = `${droppedSamples} samples are more than ${settings.maxFutureMs / 60_000} minutes in the future`;
  return { ...plan, untouched: false, partial: { ...refuse(400, 'too-far-in-future', message), droppedSamples } };
}

function planScanned(
  request: IncomingRequest,
  data: Uint8Array,
  summary: Summary,
  settings: PlanSettings,
): Plan | Refusal {
  const key = keyOf(summary);
  if (key === 'nothing') return { ok: true, records: [], beats: [], summary, untouched: true };
  if (key !== undefined && isTooLong(key)) return refuseTooLong();
  const isWhole = key !== undefined && !isSpread(key, request.tenant, settings);
  if (isWhole && request.body.length <= settings.maxRecordBytes) {
    const whole = recordOf(request, headersOf(request, key, summary), key, settings);
    return { ok: true, records: [whole], beats: [], summary, untouched: true };
  }
  return planSplit(request, data, summary, settings);
}

function isSpread(key: GroupKey, tenant: string, { shardsOf }: PlanSettings): boolean {
  return key.kind === 'pair' && shardsOf(tenant, key.cluster) > 1;
}

function isTooLong(key: GroupKey): boolean {
  return key.kind === 'pair' && key.cluster.length > MAX_CLUSTER_LENGTH;
}

function refuseTooLong(): Refusal {
  return refuse(400, 'cluster-too-long', `the name of a cluster is longer than ${MAX_CLUSTER_LENGTH} characters`);
}

/** The one key that all of a request goes by, if there is one. */
function keyOf(summary: Summary): GroupKey | 'nothing' | undefined {
  if (summary.series === 0) return summary.metadata === 0 ? 'nothing' : { kind: 'metadata' };
  const { identity } = summary;
  if (identity.kind === 'mixed' || identity.cluster === undefined || identity.replica === undefined) return undefined;
  return { kind: 'pair', cluster: identity.cluster, replica: identity.replica };
}

function planSplit(
  request: IncomingRequest,
  data: Uint8Array,
  summary: Summary,
  settings: PlanSettings,
): Plan | Refusal {
  const shardsOf = (cluster: string): number => settings.shardsOf(request.tenant, cluster);
  const parts = split(request.protocol, data, { ...settings, shardsOf });
  if (!parts.ok) return refusalOf(parts);
  const made: Made = { records: [], beats: [] };
  for (const group of withAllReports(parts.groups)) {
    const refusal = appendGroup(made, request, group, settings);
    if (refusal !== undefined) return refusal;
  }
  return { ok: true, ...made, summary, untouched: false };
}

/** What a request was split into, so far. */
interface Made {
  readonly records: OutgoingRecord[];
  readonly beats: Beat[];
}

function appendGroup(made: Made, request: IncomingRequest, group: Group, settings: PlanSettings): Refusal | undefined {
  if (isTooLong(group.key)) return refuseTooLong();
  const body = compress(group.body);
  if (body.length <= settings.maxRecordBytes) {
    const headers = headersOf(request, group.key, group.summary);
    made.records.push(recordOf({ ...request, body }, headers, group.key, settings));
    if (headers.shard !== undefined) made.beats.push({ ...headers, sizeBytes: body.length });
    return undefined;
  }
  // Aim below the limit at this body's own ratio; a part that is still larger comes here again, with less to aim at.
  const aim = Math.floor((group.body.length * settings.maxRecordBytes * 0.8) / body.length);
  const parts = splitBySize(request.protocol, group.body, Math.min(aim, group.body.length - 1));
  if (!parts.ok)
    return refuse(413, 'series-too-large', `one series is larger than a record may be: ${parts.problem.message}`);
  for (const [index, part] of parts.bodies.entries()) {
    const scanned = scan(request.protocol, part, settings);
    if (!scanned.ok) return refusalOf(scanned);
    const summary = isOfShard(group.key)
      ? // Once in each shard: two reports of a request would look like two scrapes.
        { ...scanned.summary, downTargets: index === 0 ? group.summary.downTargets : [] }
      : scanned.summary;
    const refusal = appendGroup(made, request, { key: group.key, body: part, summary }, settings);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/**
 * The records of a spread cluster name all targets that their request reports down: the `up` of a target is in one shard, its
 * other series are in all of them (SPEC of @tandem/election, P11).
 */
function withAllReports(groups: readonly Group[]): readonly Group[] {
  const reports = new Map<string, Set<string>>();
  for (const { key, summary } of groups) {
    if (!isOfShard(key) || summary.downTargets.length === 0) continue;
    const known = reports.get(replicaOf(key)) ?? new Set();
    for (const target of summary.downTargets) known.add(target);
    reports.set(replicaOf(key), known);
  }
  if (reports.size === 0) return groups;
  return groups.map((group) => {
    const ofReplica = isOfShard(group.key) ? reports.get(replicaOf(group.key)) : undefined;
    return ofReplica === undefined ? group : { ...group, summary: { ...group.summary, downTargets: [...ofReplica] } };
  });
}

function isOfShard(key: GroupKey): key is GroupKey & { readonly kind: 'pair' } {
  return key.kind === 'pair' && key.shard !== undefined;
}

function replicaOf({ cluster, replica }: GroupKey & { readonly kind: 'pair' }): string {
  return JSON.stringify([cluster, replica]);
}

function recordOf(
  request: IncomingRequest,
  headers: SamplesHeaders,
  key: GroupKey,
  settings: PlanSettings,
): OutgoingRecord {
  return {
    topic: settings.topic,
    ...placeOf(request.tenant, key, settings.partitions),
    value: request.body,
    headers: encodeSamplesHeaders(headers),
  };
}

function placeOf(
  tenant: string,
  key: GroupKey,
  partitions: number,
): { readonly key: Uint8Array; readonly partition: number } {
  switch (key.kind) {
    case 'pair':
      return byKey(
        key.shard === undefined ? clusterKey(tenant, key.cluster) : shardKey(tenant, key.cluster, key.shard),
        partitions,
      );
    case 'metadata':
      return byKey(tenantKey(tenant), partitions);
    case 'series':
      return { key: unpairedKey(tenant, key.partition), partition: key.partition };
  }
}

function byKey(key: Uint8Array, partitions: number): { readonly key: Uint8Array; readonly partition: number } {
  return { key, partition: partitionOf(key, partitions) };
}

function headersOf(request: IncomingRequest, key: GroupKey, summary: Summary): SamplesHeaders {
  const { minTimestampMs, maxTimestampMs } = summary;
  return {
    tenant: request.tenant,
    ...(key.kind === 'pair' ? { pair: { cluster: key.cluster, replica: key.replica } } : {}),
    ...(key.kind === 'pair' && key.shard !== undefined ? { shard: key.shard } : {}),
    protocol: request.protocol === 'v1' ? '1.0' : '2.0',
    samples: summary.samples + summary.histograms,
    ...(minTimestampMs === undefined || maxTimestampMs === undefined
      ? {}
      : { span: { minTimestampMs, maxTimestampMs } }),
    receivedAtMs: request.receivedAtMs,
    downTargets: summary.downTargets,
    ...(summary.upSamples === 0 ? {} : { upSamples: summary.upSamples }),
    ...(summary.downSamples === 0 ? {} : { downSamples: summary.downSamples }),
  };
}
