import { compress, encode, type Protocol, type SeriesInput } from '@tandem/remote-write';
import { Random } from './random.ts';
import { scrapeOfTarget, type Labels } from './targets.ts';

/** Which bodies: the same specification gives the same bytes in every process. */
export interface BodySpec {
  readonly protocol: Protocol;
  /** Samples of one body, each of a series of its own. */
  readonly samples: number;
  /** How many different bodies. */
  readonly count: number;
  readonly seed: number;
  /** Time of the first scrape, Unix ms; every body is {@link SCRAPE_INTERVAL_MS} later than the one before of its pair. */
  readonly startMs: number;
}

/** A request body, and whose it is. */
export interface Body {
  readonly cluster: string;
  readonly replica: string;
  /** Uncompressed message. */
  readonly raw: Uint8Array;
  /** As it is sent: a snappy block. */
  readonly snappy: Uint8Array;
  /** Labels of all its series together. */
  readonly labels: number;
}

/** The pace of the scrapes that the bodies stand for. */
export const SCRAPE_INTERVAL_MS = 15_000;

/** Pairs are spread over the partitions of a topic by their cluster; two replicas each. */
const CLUSTERS = 16;
const REPLICAS = ['a', 'b'] as const;

/** A third of the series is left out at random: a sender of Prometheus shards its series over connections. */
const KEPT = 2 / 3;

/** Makes the bodies: in turn of each cluster and replica, sorted labels, one sample a series. */
export function makeBodies(spec: BodySpec): readonly Body[] {
  const random = new Random(spec.seed);
  return Array.from({ length: spec.count }, (_, i) => {
    const cluster = `prod-eu-west-1-${String(i % CLUSTERS).padStart(2, '0')}`;
    const replica = REPLICAS[Math.floor(i / CLUSTERS) % REPLICAS.length] ?? REPLICAS[0];
    const external = { cluster, prometheus: 'monitoring/k8s', __replica__: replica };
    const scrape = Math.floor(i / (CLUSTERS * REPLICAS.length));
    const series = seriesOf(random, external, spec.samples);
    const timestampMs = spec.startMs + scrape * SCRAPE_INTERVAL_MS;
    const raw = encode(
      spec.protocol,
      series.map((labels) => sampleOf(random, labels, timestampMs)),
    );
    const labels = series.reduce((sum, each) => sum + Object.keys(each).length, 0);
    return { cluster, replica, raw, snappy: compress(raw), labels };
  });
}

function seriesOf(random: Random, external: Labels, count: number): readonly Labels[] {
  const series: Labels[] = [];
  while (series.length < count) {
    for (const labels of scrapeOfTarget(random, external)) if (random.next() < KEPT) series.push(labels);
  }
  return series.slice(0, count);
}

/** Mostly counters, which are integers; some measure bytes and seconds. */
function sampleOf(random: Random, labels: Labels, timestampMs: number): SeriesInput {
  const value = random.next() < 0.7 ? random.below(1_000_000) : random.next() * 1e9;
  return {
    labels: Object.entries(labels).map(([name, text]) => ({ name, value: text })),
    samples: [{ value, timestampMs }],
  };
}

/** What a set of bodies is like, on average. */
export interface BodyShape {
  readonly labelsPerSeries: number;
  readonly rawBytesPerSample: number;
  readonly snappyBytesPerSample: number;
}

/** Sums up a set of bodies of one specification. */
export function shapeOf(spec: BodySpec, bodies: readonly Body[]): BodyShape {
  const samples = spec.samples * bodies.length;
  const per = (size: (body: Body) => number) => bodies.reduce((sum, body) => sum + size(body), 0) / samples;
  return {
    labelsPerSeries: per((body) => body.labels),
    rawBytesPerSample: per((body) => body.raw.length),
    snappyBytesPerSample: per((body) => body.snappy.length),
  };
}
