import { clusterKey, encodeSamplesHeaders } from '@tandem/records';
import { partitionOf, topicName, type Log, type OutgoingRecord } from '@tandem/stream';
import { type WorkloadId } from '../ingest/workloads.ts';
import { type StampedBody, type TimedBody } from './timed-body.ts';

/** Partitions of all topics. */
export const PARTITIONS = 8;

/** Prefix of the topics, as by default. */
export const PREFIX = 'tandem.';

const TENANT = 'anonymous';
const TOPIC = topicName(PREFIX, 'samples');
/** Records of one append have one append time: so much may lie between their newest samples, ms. */
const APPEND_SPAN_MS = 2000;

/** What a log is filled with: the bodies of one recording, as of many clusters, scrape after scrape. */
export interface FillPlan {
  readonly workload: WorkloadId;
  readonly bodies: readonly TimedBody[];
  readonly clusters: number;
  readonly replicas: readonly string[];
  /** Maps a recorded time to that in the log, Unix ms. */
  readonly timeOf: (recordedMs: number) => number;
}

/** What was appended, of all replicas together. */
export interface Filled {
  readonly records: number;
  readonly samples: number;
}

/** Appends every body once for each replica of each cluster, the replicas by turns. */
export async function fill(log: Log, plan: FillPlan, setNow: (ms: number) => void): Promise<Filled> {
  let waiting: OutgoingRecord[] = [];
  let samples = 0;
  let records = 0;
  let waitingSinceMs = -Infinity;
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await log.append(waiting);
    records += waiting.length;
    waiting = [];
  };
  for (const body of plan.bodies) {
    const stamped = body.stamp(plan.timeOf);
    if (stamped.maxTimestampMs > waitingSinceMs + APPEND_SPAN_MS) {
      await flush();
      waitingSinceMs = stamped.maxTimestampMs;
      setNow(stamped.maxTimestampMs);
    }
    for (let cluster = 0; cluster < plan.clusters; cluster++) {
      for (const replica of plan.replicas) waiting.push(recordOf(plan, stamped, `bench-${cluster}`, replica));
    }
    samples += stamped.samples * plan.clusters * plan.replicas.length;
  }
  await flush();
  return { records, samples };
}

function recordOf(plan: FillPlan, body: StampedBody, cluster: string, replica: string): OutgoingRecord {
  const key = clusterKey(TENANT, cluster);
  const { value, samples, minTimestampMs, maxTimestampMs } = body;
  return {
    topic: TOPIC,
    partition: partitionOf(key, PARTITIONS),
    key,
    value,
    headers: encodeSamplesHeaders({
      tenant: TENANT,
      pair: { cluster, replica },
      protocol: plan.workload.startsWith('1.0') ? '1.0' : '2.0',
      samples,
      span: { minTimestampMs, maxTimestampMs },
      receivedAtMs: maxTimestampMs,
      downTargets: [],
    }),
  };
}

/** A stretch of scrapes as they follow one another, made of a recording again and again. */
export interface Stretch {
  /** Time of its first sample, Unix ms. */
  readonly fromMs: number;
  /** Time between two scrapes, ms. */
  readonly intervalMs: number;
}

/** Times of repetition `index` of a recording, drawn out to another interval; each is later than the one before. */
export function timesOf(
  bodies: readonly TimedBody[],
  recorded: { readonly intervalMs: number; readonly scrapes: number },
  stretch: Stretch,
  index: number,
): (recordedMs: number) => number {
  const firstMs = bodies.reduce((least, { fromMs }) => Math.min(least, fromMs), Infinity);
  const lastMs = bodies.reduce((most, { toMs }) => Math.max(most, toMs), -Infinity);
  const factor = stretch.intervalMs / recorded.intervalMs;
  const periodMs = (lastMs - firstMs + recorded.intervalMs) * factor;
  return (recordedMs) => Math.round(stretch.fromMs + index * periodMs + (recordedMs - firstMs) * factor);
}
