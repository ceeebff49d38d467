import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { checkEncoding, decode, decompress, protocolOf } from '@tandem/remote-write';

import { type Sample, type Samples, scrapeTimes, seriesKey } from './samples.ts';

const MAX_DECODED_BYTES = 64 * 1_048_576;

/**
 * A remote-write target that keeps everything as it arrived: what a store would sort, round or merge is still to be
 * seen here, bit for bit.
 */
export class Recorder {
  readonly #server: Server;
  readonly #byCluster = new Map<string, Map<string, Sample[]>>();
  readonly #markers = new Map<string, Map<string, number[]>>();
  readonly #disorder: string[] = [];
  readonly #labels = new Set<string>();
  readonly #protocols = new Set<string>();

  constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request).then(
        () => response.writeHead(204).end(),
        (error: unknown) => response.writeHead(415).end(String(error)),
      );
    });
  }

  /** Listens on a free port of the loopback. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** Where remote write goes. */
  get writeUrl(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/api/v1/write`;
  }

  /** What arrived of a cluster, each sample as often as it came; NaNs (stale markers among them) left out. */
  samples(cluster: string): Samples {
    return this.#byCluster.get(cluster) ?? new Map<string, Sample[]>();
  }

  /** Times of the stale markers that arrived of a cluster, by series, Unix ms. */
  markers(cluster: string): ReadonlyMap<string, readonly number[]> {
    return this.#markers.get(cluster) ?? new Map<string, number[]>();
  }

  /** Time of the newest scrape of a cluster whose `up` arrived, Unix ms; 0 before the first. */
  newestScrapeMs(cluster: string): number {
    return scrapeTimes(this.samples(cluster)).at(-1) ?? 0;
  }

  /** Samples that were not newer than their series' last one. */
  get disorder(): readonly string[] {
    return this.#disorder;
  }

  /** Names of all labels that arrived. */
  get labels(): readonly string[] {
    return [...this.#labels];
  }

  /** Content type and version header of the requests so far, each kind once. */
  get protocols(): readonly string[] {
    return [...this.#protocols];
  }

  /** Stops listening and cuts what is open. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const contentType = request.headers['content-type'] ?? '';
    const protocol = protocolOf(contentType);
    const encoding = checkEncoding(request.headers['content-encoding']);
    if (!encoding.ok) throw new Error(encoding.problem.message);
    const body = decompress(Buffer.concat(chunks), MAX_DECODED_BYTES);
    if (!protocol.ok || !body.ok) throw new Error('not a remote-write request');
    const decoded = decode(protocol.protocol, body.data);
    if (!decoded.ok) throw new Error(decoded.problem.message);
    this.#protocols.add(`${contentType} ${String(request.headers['x-prometheus-remote-write-version'])}`);
    for (const { labels, samples } of decoded.series) {
      const named = Object.fromEntries(labels.map(({ name, value }) => [name, value]));
      this.#keep(
        named,
        samples.filter(({ value }) => !Number.isNaN(value)),
      );
      const markers = samples.filter(({ stale }) => stale).map(({ timestampMs }) => timestampMs);
      if (markers.length > 0) this.#keepMarkers(named, markers);
    }
  }

  #keepMarkers(labels: Readonly<Record<string, string>>, timesMs: readonly number[]): void {
    listOf(this.#markers, labels['cluster'] ?? '', seriesKey(labels)).push(...timesMs);
  }

  #keep(labels: Readonly<Record<string, string>>, samples: readonly Sample[]): void {
    for (const name of Object.keys(labels)) this.#labels.add(name);
    const list = listOf(this.#byCluster, labels['cluster'] ?? '', seriesKey(labels));
    for (const { timestampMs, value } of samples) {
      if (timestampMs <= (list.at(-1)?.timestampMs ?? -Infinity)) {
        this.#disorder.push(`${seriesKey(labels)} at ${timestampMs}`);
      }
      list.push({ timestampMs, value });
    }
  }
}

function listOf<T>(byCluster: Map<string, Map<string, T[]>>, cluster: string, series: string): T[] {
  const bySeries = byCluster.get(cluster) ?? new Map<string, T[]>();
  byCluster.set(cluster, bySeries);
  const list = bySeries.get(series) ?? [];
  bySeries.set(series, list);
  return list;
}
