import { REQUEST_HEADERS, type Protocol } from '@tandem/remote-write';
import { makeBodies } from '../bodies/bodies.ts';
import { percentile } from '../measure/statistics.ts';
import { Connection } from './connection.ts';
import { type LoadJob, type LoadResult } from './job.ts';

/**
 * Sends requests in a closed loop: each connection sends the next one when its last was answered. The bodies are made
 * before the clock starts and go round in turn, so that sending costs next to nothing.
 *
 * @throws {Error} at the first answer that is not 2xx, or a broken connection
 */
export async function generateLoad(job: LoadJob): Promise<LoadResult> {
  const url = new URL(job.url);
  const requests = makeBodies(job.bodies).map(({ snappy }) => ({
    bytes: requestOf(url, job.bodies.protocol, snappy),
    bodyBytes: snappy.length,
  }));
  const run = new ClosedLoop(job, requests);
  const { bodyBytes, wallSeconds, latencies } = await run.finish(url);
  const sorted = latencies.sort();
  return {
    requests: job.requests,
    samples: job.requests * job.bodies.samples,
    bytes: bodyBytes,
    wallSeconds,
    latencyMs: { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: percentile(sorted, 1) },
  };
}

interface PreparedRequest {
  readonly bytes: Uint8Array;
  readonly bodyBytes: number;
}

class ClosedLoop {
  readonly #job: LoadJob;
  readonly #requests: readonly PreparedRequest[];
  readonly #latencies: Float64Array;
  #sent = 0;
  #answered = 0;
  #bodyBytes = 0;
  #done: () => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  constructor(job: LoadJob, requests: readonly PreparedRequest[]) {
    this.#job = job;
    this.#requests = requests;
    this.#latencies = new Float64Array(job.requests);
  }

  async finish(url: URL): Promise<{ bodyBytes: number; wallSeconds: number; latencies: Float64Array }> {
    const ended = new Promise<void>((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
    });
    const lanes = await Promise.all(Array.from({ length: this.#job.connections }, () => this.#openLane(url)));
    const start = performance.now();
    for (const { next } of lanes) next();
    try {
      await ended;
    } finally {
      for (const { connection } of lanes) connection.close();
    }
    const wallSeconds = (performance.now() - start) / 1000;
    return { bodyBytes: this.#bodyBytes, wallSeconds, latencies: this.#latencies };
  }

  async #openLane(url: URL): Promise<{ readonly connection: Connection; readonly next: () => void }> {
    let sentAt = 0;
    const connection = await Connection.open(url, {
      answered: () => {
        this.#latencies[this.#answered++] = performance.now() - sentAt;
        if (this.#answered === this.#job.requests) this.#done();
        else next();
      },
      failed: (error) => this.#failed(error),
    });
    const next = (): void => {
      const request = this.#requests[this.#sent % this.#requests.length];
      if (request === undefined || this.#sent === this.#job.requests) return;
      this.#sent++;
      this.#bodyBytes += request.bodyBytes;
      sentAt = performance.now();
      connection.send(request.bytes);
    };
    return { connection, next };
  }
}

function requestOf(url: URL, protocol: Protocol, body: Uint8Array): Uint8Array {
  const headers = { host: url.host, ...REQUEST_HEADERS[protocol], 'content-length': String(body.length) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${url.pathname} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
