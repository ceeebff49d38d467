import {
  clusterKey,
  COMMAND_KIND,
  commandRecord,
  encodeDedupedHeaders,
  encodeSamplesHeaders,
  HEADER,
  shardKey,
  type Command,
  type HaPair,
  type SampleSpan,
} from '@tandem/records';
import { compress, encode, type SampleInput } from '@tandem/remote-write';
import { topicSettings, type OutgoingRecord } from '@tandem/stream';
import { MemoryLog, MemoryLogStorage } from '@tandem/testing';

import { T0, TOPICS } from './ha-log.ts';

/** The labels of a series beside cluster and replica. */
export type Labels = Readonly<Record<string, string>>;

/** What a record made by hand is about; the cluster is t/prod unless said. */
export interface RecordOptions {
  readonly cluster?: string;
  readonly labels?: Labels;
  /** Instead of a body that can be read. */
  readonly value?: Uint8Array;
  /** Of a spread cluster, and the partition it is in. */
  readonly shard?: number;
  readonly partition?: number;
}

const SERIES: Labels = { __name__: 'load', instance: 'x:9100' };

/** A log whose clock the test sets: partition 0 of each topic is what records made by hand go to. */
export class SamplesLog {
  readonly log: MemoryLog;
  readonly storage: MemoryLogStorage;
  nowMs = T0;

  constructor() {
    this.storage = new MemoryLogStorage(() => this.nowMs);
    this.log = new MemoryLog(this.storage);
  }

  async create(partitions = 1): Promise<this> {
    await this.log.createTopics(topicSettings({ prefix: 'tandem.', partitions }));
    return this;
  }

  /** Appends records at a time, ms after T0. @returns the offset of the first */
  async at(ms: number, ...records: readonly OutgoingRecord[]): Promise<number> {
    this.nowMs = T0 + ms;
    const [position] = await this.log.append(records);
    return position?.offset ?? -1;
  }
}

/** A record of `samples` of a replica; times are ms after T0. */
export function samplesOutput(
  replica: string,
  samples: readonly SampleInput[],
  options: RecordOptions = {},
): OutgoingRecord {
  const { cluster = 'prod', labels = SERIES, partition = 0, shard } = options;
  const pair = { cluster, replica };
  const value = options.value ?? bodyOf({ ...labels, cluster, __replica__: replica }, samples);
  const ofShard = shard === undefined ? {} : { shard };
  const headers = encodeSamplesHeaders({ ...commonOf(pair, samples), ...ofShard, downTargets: [] });
  return { topic: TOPICS.samples, partition, key: keyOf(cluster, shard), value, headers };
}

/** A record of `deduped`: what came out of the record of `samples` at an offset. */
export function dedupedOutput(
  {
    replica,
    ...place
  }: {
    readonly replica: string;
    readonly epoch: number;
    readonly sourceOffset: number;
    readonly fill?: number;
    readonly outOfOrder?: true;
  },
  samples: readonly SampleInput[],
  { cluster = 'prod', labels = SERIES, value, shard, partition = 0 }: RecordOptions = {},
): OutgoingRecord {
  const headers = encodeDedupedHeaders({
    ...commonOf({ cluster, replica }, samples),
    ...place,
    sourcePartition: partition,
  });
  const body = value ?? bodyOf({ ...labels, cluster }, samples);
  return { topic: TOPICS.deduped, partition, key: keyOf(cluster, shard), value: body, headers };
}

function keyOf(cluster: string, shard: number | undefined): Uint8Array {
  return shard === undefined ? clusterKey('t', cluster) : shardKey('t', cluster, shard);
}

/** An operator's command, in its place in `samples`, or as it is written down in `commands`. */
export function commandOutput(
  topic: string,
  command: 'failover' | 'pin' | 'release',
  over: Partial<Command> = {},
): OutgoingRecord {
  const { value, headers } = commandRecord.encode({
    id: 'one',
    tenant: 't',
    cluster: 'prod',
    command,
    replica: command === 'release' ? null : 'b',
    by: 'somebody',
    why: '',
    atMs: T0,
    outcome: null,
    epoch: null,
    sourcePartition: null,
    sourceOffset: null,
    ...over,
  });
  const kind = topic === TOPICS.samples ? { [HEADER.kind]: COMMAND_KIND } : {};
  return { topic, partition: 0, key: clusterKey('t', 'prod'), value, headers: { ...headers, ...kind } };
}

/** A sample, its time in ms after T0. */
export function sample(ms: number, value: number | 'stale' = 1): SampleInput {
  return value === 'stale' ? { timestampMs: T0 + ms, value: NaN, stale: true } : { timestampMs: T0 + ms, value };
}

function bodyOf(labels: Labels, samples: readonly SampleInput[]): Uint8Array {
  const series = { labels: Object.entries(labels).map(([name, value]) => ({ name, value })), samples };
  return compress(encode('v1', [series]));
}

function commonOf(pair: HaPair, samples: readonly SampleInput[]) {
  const times = samples.map(({ timestampMs }) => timestampMs);
  const span: SampleSpan = { minTimestampMs: Math.min(...times), maxTimestampMs: Math.max(...times) };
  const protocol = '1.0' as const;
  return {
    tenant: 't',
    pair,
    protocol,
    samples: samples.length,
    receivedAtMs: T0,
    ...(times.length > 0 ? { span } : {}),
  };
}
