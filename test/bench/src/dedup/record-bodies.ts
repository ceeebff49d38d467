import { launchPrometheus, until } from '@tandem/testing';
import { WORKLOADS, type WorkloadId } from '../ingest/workloads.ts';
import { startExporter, type Exporter } from './exporter.ts';
import { startRecorder, type Recorder } from './recorder.ts';
import { TimedBody } from './timed-body.ts';

/** What a Prometheus sent, by kind of body. */
export interface Recording {
  /** Version of the Prometheus. */
  readonly version: string;
  /** Series of its targets. */
  readonly series: number;
  /** Time between two scrapes when it was recorded, ms. */
  readonly intervalMs: number;
  readonly scrapes: number;
  bodies(workload: WorkloadId): readonly TimedBody[];
}

const INTERVAL_MS = 1000;
const SCRAPES = 5;
/** The first scrapes come while connections and shards begin. */
const SKIPPED_SCRAPES = 2;

/** Has a real Prometheus scrape the exporters of a cluster, and records what it sends in all kinds of bodies at once. */
export async function recordBodies(seed: number, series: number): Promise<Recording> {
  const exporter = await startExporter(seed, series);
  const recorder = await startRecorder();
  try {
    const version = await record(exporter, recorder);
    const kept = new Map(
      WORKLOADS.map(({ id, protocol }) => [id, timedBodies(protocol, recorder.bodies(nameOf(id)), exporter.series)]),
    );
    return {
      version,
      series: exporter.series,
      intervalMs: INTERVAL_MS,
      scrapes: SCRAPES,
      bodies: (workload) => kept.get(workload) ?? [],
    };
  } finally {
    await recorder.stop();
    await exporter.stop();
  }
}

async function record(exporter: Exporter, recorder: Recorder): Promise<string> {
  const prometheus = await launchPrometheus({ config: configOf(exporter, recorder) });
  try {
    const enough = (SKIPPED_SCRAPES + SCRAPES + 1) * exporter.series;
    await until(() => WORKLOADS.every(({ id, samples }) => recorder.bodies(nameOf(id)).length * samples > enough), {
      what: 'enough bodies of Prometheus',
      timeoutMs: 60_000,
      intervalMs: 200,
      detail: () => prometheus.process.output.tail(),
    });
    return prometheus.version;
  } finally {
    await prometheus.stop();
  }
}

function nameOf(workload: WorkloadId): string {
  return workload.replaceAll(/[./]/g, '-');
}

/** The bodies of {@link SCRAPES} scrapes, without those of the first ones. */
function timedBodies(protocol: 'v1' | 'v2', raw: readonly Uint8Array[], series: number): readonly TimedBody[] {
  const all = raw.map((body) => new TimedBody(protocol, body));
  const bodies: TimedBody[] = [];
  let samples = -SKIPPED_SCRAPES * series;
  for (const body of all) {
    if (samples >= SCRAPES * series) break;
    if (samples >= 0) bodies.push(body);
    samples += body.samples;
  }
  return bodies;
}

function configOf(exporter: Exporter, recorder: Recorder): string {
  const jobs = exporter.paths.map((path, i) => ({
    job_name: `target-${i}`,
    metrics_path: path,
    honor_labels: true,
    static_configs: [{ targets: [exporter.address] }],
  }));
  const queues = WORKLOADS.map(({ id, protocol, samples }) => ({
    url: `${recorder.url}/${nameOf(id)}`,
    name: nameOf(id),
    ...(protocol === 'v2' ? { protobuf_message: 'io.prometheus.write.v2.Request' } : {}),
    metadata_config: { send: false },
    queue_config: { min_shards: 1, max_shards: 1, max_samples_per_send: samples, capacity: 20_000 },
  }));
  const external = { cluster: 'prod-eu-west-1', prometheus: 'monitoring/k8s', __replica__: 'prometheus-k8s-0' };
  const interval = `${INTERVAL_MS}ms`;
  const global = { scrape_interval: interval, scrape_timeout: interval, external_labels: external };
  // JSON is YAML.
  return JSON.stringify({ global, scrape_configs: jobs, remote_write: queues });
}
