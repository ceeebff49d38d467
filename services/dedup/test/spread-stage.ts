import {
  barrierRecord,
  clusterKey,
  COMMAND_KIND,
  commandRecord,
  electionRecord,
  HEADER,
  heartbeatRecord,
  shardKey,
  type Barrier,
  type Command,
  type Election,
  type SampleSpan,
} from '@tandem/records';
import { partitionOf } from '@tandem/stream';
import { createMetrics, type Metrics } from '@tandem/telemetry';

import { type DedupService, type DedupSettings } from '../src/index.ts';
import {
  instanceOf,
  isSettled,
  recordOf,
  samplesOf,
  SETTINGS,
  T0,
  TOPICS,
  waitFor,
  type InstanceOptions,
  type Sent,
} from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type Appended } from './simulated-log.ts';

/** Partitions of a stage. */
export const PARTITIONS = 4;
/** The spread cluster of a stage, `t/c`. */
export const SPREAD_SETTINGS: DedupSettings = { ...SETTINGS, spread: [{ tenant: 't', cluster: 'c', shards: 4 }] };

/** A heartbeat, in the words of a test. Times are seconds from T0. */
export interface Beat {
  readonly at: number;
  readonly replica: string;
  readonly shards?: number;
  /** Samples of the second before. Default: one. */
  readonly span?: SampleSpan | null;
  readonly cluster?: string;
}

/** A record of a shard, as ingest writes it. */
export function shardRecordOf(sent: Sent & { readonly shard: number }): Appended {
  const { shard, cluster = 'c' } = sent;
  const record = recordOf({ ...sent, cluster });
  return { ...record, key: shardKey('t', cluster, shard), headers: { ...record.headers, [HEADER.shard]: `${shard}` } };
}

/** The partition of a shard of the stage's cluster. */
export function partitionOfShard(shard: number, cluster = 'c'): number {
  return partitionOf(shardKey('t', cluster, shard), PARTITIONS);
}

const HOME = partitionOf(clusterKey('t', 'c'), PARTITIONS);
/** Another cluster whose heartbeats are in the same partition. */
export const NEIGHBOUR =
  Array.from({ length: 100 }, (_, i) => `n${i}`).find(
    (name) => partitionOf(clusterKey('t', name), PARTITIONS) === HOME,
  ) ?? '';

/** An instance of the service, what it reads and what it writes. Records are appended while it runs. */
export class SpreadStage {
  readonly storage = new SimulatedStorage(PARTITIONS);
  readonly leases = new ScriptedLeases();
  readonly #settings: DedupSettings;
  #log = new SimulatedLog(this.storage);
  #service: DedupService | undefined;
  #lives = 0;
  metrics: Metrics = createMetrics({ version: 'test', processMetrics: false });

  constructor(settings: DedupSettings = SPREAD_SETTINGS) {
    this.#settings = settings;
  }

  get service(): DedupService {
    if (this.#service === undefined) throw new Error('not started');
    return this.#service;
  }

  /** Starts an instance, by default with the settings of the stage; one that runs is killed. */
  async start(settings = this.#settings, more: Pick<InstanceOptions, 'now'> = {}): Promise<void> {
    await this.stop();
    this.#log = new SimulatedLog(this.storage);
    this.metrics = createMetrics({ version: 'test', processMetrics: false });
    const { leases, metrics } = this;
    const instance = `d${++this.#lives}`;
    this.#service = instanceOf({ log: this.#log, leases, settings, instance, metrics, ...more });
    await this.#service.start(new AbortController().signal);
    await this.settle();
  }

  async stop(): Promise<void> {
    this.#log.kill();
    await this.#service?.stop();
    this.#service = undefined;
  }

  settle(): Promise<void> {
    return waitFor(() => isSettled(this.storage, this.service), 'everything to be committed');
  }

  /** Appends records of shards. */
  send(...sent: readonly (Sent & { readonly shard: number })[]): void {
    for (const each of sent) {
      this.storage.append(TOPICS.samples, partitionOfShard(each.shard), [shardRecordOf(each)]);
    }
  }

  /** Appends heartbeats. */
  beat(...beats: readonly Beat[]): void {
    for (const { at, replica, shards = 4, cluster = 'c', ...rest } of beats) {
      const second = { minTimestampMs: T0 + (at - 1) * 1000, maxTimestampMs: T0 + at * 1000 };
      const span = rest.span === undefined ? second : rest.span;
      const { value, headers } = heartbeatRecord.encode({
        tenant: 't',
        cluster,
        replica,
        shards,
        samples: span === null ? 0 : 1,
        upSamples: 0,
        downSamples: 0,
        minTimestampMs: span?.minTimestampMs ?? null,
        maxTimestampMs: span?.maxTimestampMs ?? null,
        receivedFromMs: T0 + (at - 1) * 1000,
        receivedUntilMs: T0 + at * 1000,
        perShard: [],
      });
      const record = { timestampMs: T0 + at * 1000, key: clusterKey('t', cluster), value, headers };
      this.storage.append(TOPICS.heartbeats, partitionOf(record.key, PARTITIONS), [record]);
    }
  }

  /** Appends an operator's command, where commands of a spread cluster go. */
  command(at: number, command: Command['command'], replica: string | null): void {
    const onItsWay = { outcome: null, epoch: null, sourcePartition: null, sourceOffset: null };
    const { value, headers } = commandRecord.encode({
      ...{ id: `c${at}`, tenant: 't', cluster: 'c', command, replica, by: 'me', why: '', atMs: T0 + at * 1000 },
      ...onItsWay,
    });
    const withKind = { ...headers, [HEADER.kind]: COMMAND_KIND };
    const record = { timestampMs: T0 + at * 1000, key: clusterKey('t', 'c'), value, headers: withKind };
    this.storage.append(TOPICS.heartbeats, HOME, [record]);
  }

  /** What came out of a shard: `series@seconds`, in order. */
  out(shard: number): readonly string[] {
    const key = Buffer.from(shardKey('t', 'c', shard)).toString();
    return this.storage
      .records(TOPICS.deduped, partitionOfShard(shard))
      .filter((record) => Buffer.from(record.key ?? []).toString() === key)
      .flatMap(samplesOf);
  }

  /** The barriers of a shard, in order. */
  barriers(shard: number, cluster = 'c'): readonly Barrier[] {
    return this.storage
      .records(TOPICS.samples, partitionOfShard(shard, cluster))
      .filter(({ headers }) => barrierRecord.is(headers))
      .map((record) => valueOf(barrierRecord.decode(record)))
      .filter((barrier) => barrier.shard === shard && barrier.cluster === cluster);
  }

  /** All elections, wherever they were written. */
  get elections(): readonly Election[] {
    return Array.from({ length: PARTITIONS }, (_, partition) => this.storage.records(TOPICS.elections, partition))
      .flat()
      .map((record) => valueOf(electionRecord.decode(record)));
  }
}

function valueOf<T>(decoded: { ok: true; value: T } | { ok: false; problem: string }): T {
  if (!decoded.ok) throw new Error(decoded.problem);
  return decoded.value;
}
