import { type LeaseStore } from '@tandem/election';
import { SYSTEM_CLOCK } from '@tandem/lifecycle';
import {
  clusterKey,
  decodeDedupedHeaders,
  encodeSamplesHeaders,
  isWatermark,
  unpairedKey,
  watermarkOf,
  type BodyProtocol,
} from '@tandem/records';
import { compress, decode, decompress, encode } from '@tandem/remote-write';
import { type LogRecord } from '@tandem/stream';
import { createMetrics, NO_LOGGER, type Logger, type Metrics } from '@tandem/telemetry';

import { createDedup, dedupTopics, type DedupService, type DedupSettings } from '../src/index.ts';
import { type Appended, type SimulatedLog, type SimulatedStorage } from './simulated-log.ts';

export const TOPICS = dedupTopics('');
export const T0 = 1_700_000_000_000;

export const SETTINGS: DedupSettings = {
  group: 'dedup',
  elections: {
    updateTimeoutMs: 15_000,
    updateTimeoutJitterMs: 5_000,
    failoverTimeoutMs: 30_000,
    learned: null,
    failoverSampleTimeoutMs: 0,
    maxClusters: 100,
    maxReplicas: 16,
    idleTimeoutMs: 1_800_000,
    forgetAfterMs: 86_400_000,
    handover: { enabled: true, margin: 0.25, evaluations: 4, coolDownMs: 600_000 },
  },
  outOfOrder: { rule: 'drop', overrides: [] },
  watermark: { delayMs: 70_000, patienceMs: 120_000 },
  replicaLabel: '__replica__',
  replayWindowMs: 60_000,
  seamWindowMs: 120_000,
  commitIntervalMs: 1,
  commitBytes: 65_536,
  maxDecodedBytes: 1_000_000,
  maxRecordBytes: 100_000,
  leaseTtlMs: 60_000,
};

/** One sample: the name of its series, and its time in seconds from T0. The value says who sent it. */
export type Sample = readonly [series: string, seconds: number];

/** A request, in the words of a test. Times are seconds from T0. */
export interface Sent {
  readonly at: number;
  readonly tenant?: string;
  /** Absent: series of no pair. */
  readonly replica?: string;
  readonly cluster?: string;
  readonly samples: readonly Sample[];
  readonly protocol?: BodyProtocol;
}

/** The value of a sample: says who sent it. */
export function valueOf(replica: string | undefined, seconds: number): number {
  return (replica ?? '').length * 1000 + seconds;
}

/** The record ingest would write for a request. */
export function recordOf({ at, tenant = 't', replica, cluster = 'c', samples, protocol = '1.0' }: Sent): Appended {
  const labels = (name: string) => [
    { name: '__name__', value: name },
    ...(replica === undefined
      ? []
      : [
          { name: '__replica__', value: replica },
          { name: 'cluster', value: cluster },
        ]),
  ];
  const body = encode(
    protocol === '1.0' ? 'v1' : 'v2',
    samples.map(([name, seconds]) => ({
      labels: labels(name),
      samples: [{ value: valueOf(replica, seconds), timestampMs: T0 + seconds * 1000 }],
    })),
  );
  const times = samples.map(([, seconds]) => T0 + seconds * 1000);
  return {
    timestampMs: T0 + at * 1000,
    key: replica === undefined ? unpairedKey(tenant, 0) : clusterKey(tenant, cluster),
    value: compress(body),
    headers: encodeSamplesHeaders({
      tenant,
      ...(replica === undefined ? {} : { pair: { cluster, replica } }),
      protocol,
      samples: samples.length,
      ...(times.length === 0
        ? {}
        : { span: { minTimestampMs: Math.min(...times), maxTimestampMs: Math.max(...times) } }),
      receivedAtMs: T0 + at * 1000,
      downTargets: [],
    }),
  };
}

/** The samples of a record of `deduped`: `series@seconds`, in order. */
export function samplesOf(record: LogRecord): readonly string[] {
  const headers = decodeDedupedHeaders(record.headers);
  if (!headers.ok || record.value === null) throw new Error(headers.ok ? 'no value' : headers.problem);
  const body = decompress(record.value, 1_000_000);
  const decoded = body.ok ? decode(headers.headers.protocol === '1.0' ? 'v1' : 'v2', body.data) : body;
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.series.flatMap(({ labels, samples }) => {
    if (labels.some(({ name }) => name === '__replica__')) throw new Error('a replica label was left');
    const name = labels.find((label) => label.name === '__name__')?.value ?? '';
    return samples.map(({ timestampMs }) => `${name}@${(timestampMs - T0) / 1000}`);
  });
}

/** The records of `deduped` that hold samples, in order: all but watermarks. */
export function bodiesOf(storage: SimulatedStorage, partition = 0): readonly LogRecord[] {
  return storage.records(TOPICS.deduped, partition).filter(({ headers }) => !isWatermark(headers));
}

/** The watermarks of `deduped`, in order, in seconds from T0. */
export function watermarksOf(storage: SimulatedStorage, partition = 0): readonly number[] {
  return storage
    .records(TOPICS.deduped, partition)
    .filter(({ headers }) => isWatermark(headers))
    .map(({ headers }) => ((watermarkOf(headers) ?? NaN) - T0) / 1000);
}

/** Everything in `deduped`, in order. */
export function emitted(storage: SimulatedStorage, partition = 0): readonly string[] {
  return bodiesOf(storage, partition).flatMap(samplesOf);
}

/** Everything in `deduped` by cluster, in order; series of no pair under the empty name. */
export function emittedByCluster(storage: SimulatedStorage): ReadonlyMap<string, readonly string[]> {
  const output = new Map<string, string[]>();
  for (const record of bodiesOf(storage)) {
    const { cluster } = record.headers;
    const name = cluster === undefined ? '' : `t/${cluster}`;
    output.set(name, [...(output.get(name) ?? []), ...samplesOf(record)]);
  }
  return output;
}

/** What an instance is made with beside the log. */
export interface InstanceOptions {
  readonly log: SimulatedLog;
  readonly leases: LeaseStore;
  readonly settings?: DedupSettings;
  readonly instance?: string;
  readonly metrics?: Metrics;
  readonly logger?: Logger;
  /** Its wall clock, Unix ms. */
  readonly now?: () => number;
}

/** A clock that never stands still: what is read or made later is later. It is behind the records of all tests. */
let ticks = 0;
const tick = (): number => T0 - 1_000_000 + ticks++;

/** An instance of the service. */
export function instanceOf({
  log,
  leases,
  settings = SETTINGS,
  instance = 'd1',
  ...more
}: InstanceOptions): DedupService {
  return createDedup({
    log,
    leases,
    topics: TOPICS,
    settings,
    instance,
    logger: more.logger ?? NO_LOGGER,
    metrics: more.metrics ?? createMetrics({ version: 'test', processMetrics: false }),
    clock: SYSTEM_CLOCK,
    now: more.now ?? tick,
  });
}

/** Waits until a condition holds, looking again at each turn of the event loop. */
export async function waitFor(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether an instance that holds everything has committed everything there is. */
export function isSettled(storage: SimulatedStorage, service: DedupService): boolean {
  const { partitions, electors } = service.status();
  return (
    storage.drained(TOPICS.samples) &&
    storage.drained(TOPICS.heartbeats) &&
    partitions.length === storage.partitions &&
    partitions.every(({ phase, catchingUp }) => phase === 'running' && catchingUp === 0) &&
    electors.every(({ phase }) => phase === 'running')
  );
}

/** Runs an instance until everything is committed (or it dies), then stops it; whether everything is. */
export async function runToEnd(storage: SimulatedStorage, service: DedupService, log: SimulatedLog): Promise<boolean> {
  await service.start(new AbortController().signal);
  const done = (): boolean => isSettled(storage, service);
  await waitFor(() => log.dead || done(), 'everything to be committed');
  const ended = !log.dead && done();
  await service.stop();
  return ended;
}
