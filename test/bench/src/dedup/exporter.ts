import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Random } from '../bodies/random.ts';
import { scrapeOfTarget, type Labels } from '../bodies/targets.ts';

/** What can be scraped. */
export interface Exporter {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** Paths, one a target. */
  readonly paths: readonly string[];
  /** Series of all targets together. */
  readonly series: number;
  stop(): Promise<void>;
}

/** Series of one target: what a busy service shows. */
const SERIES_PER_TARGET = 500;

/**
 * Serves the metrics of a Kubernetes cluster's exporters as text: the same series at every scrape, counters that grow,
 * gauges that move.
 */
export async function startExporter(seed: number, series: number): Promise<Exporter> {
  const random = new Random(seed);
  const targets = Array.from({ length: Math.ceil(series / SERIES_PER_TARGET) }, () => targetOf(random));
  const server = createServer((request, response) => {
    const target = targets[Number(request.url?.slice(1))];
    response.writeHead(target === undefined ? 404 : 200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(target?.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    paths: targets.map((_, i) => `/${i}`),
    series: targets.length * SERIES_PER_TARGET,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Target {
  text(): string;
}

function targetOf(random: Random): Target {
  const names = new Set<string>();
  while (names.size < SERIES_PER_TARGET) {
    for (const labels of scrapeOfTarget(random, {})) {
      if (names.size < SERIES_PER_TARGET) names.add(nameOf(labels));
    }
  }
  const series = Array.from(names, (name) => ({
    name,
    value: random.below(1_000_000),
    isCounter: random.next() < 0.7,
  }));
  return {
    text: () => {
      for (const each of series) {
        if (each.isCounter) each.value += random.below(1000);
        else each.value = random.next() * 1e9;
      }
      return series.map(({ name, value }) => `${name} ${value}\n`).join('');
    },
  };
}

function nameOf({ __name__: name = '', ...labels }: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${pairs.join(',')}}`;
}
