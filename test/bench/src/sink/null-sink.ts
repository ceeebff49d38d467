import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { decompress, scan } from '@tandem/remote-write';
import { type SinkCounts } from './counts.ts';

const MAX_DECODED_BYTES = 256 * 1_048_576;
const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };

/** Takes any POST, reads it to its end, counts what is in it, forgets it and answers 204. GET tells the counts. */
class NullSink {
  #counts: SinkCounts = { requests: 0, bytes: 0, samples: 0, opaqueRequests: 0 };

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.#count(Buffer.concat(chunks), request.headers['content-encoding']);
      response.writeHead(204).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.#counts));
  }

  #count(body: Uint8Array, encoding: string | undefined): void {
    const counts = this.#counts;
    const samples = encoding === 'snappy' ? samplesIn(body) : undefined;
    this.#counts = {
      requests: counts.requests + 1,
      bytes: counts.bytes + body.length,
      samples: counts.samples + (samples ?? 0),
      opaqueRequests: counts.opaqueRequests + (samples === undefined ? 1 : 0),
    };
  }
}

function samplesIn(body: Uint8Array): number | undefined {
  const inflated = decompress(body, MAX_DECODED_BYTES);
  if (!inflated.ok) return undefined;
  const scanned = scan('v1', inflated.data, LABELS);
  return scanned.ok ? scanned.summary.samples : undefined;
}

/** Serves a null sink on the loopback; for {@link launchNullSink} alone. */
export function serveNullSink(port: number): void {
  const sink = new NullSink();
  createServer((request, response) => {
    sink.handle(request, response).catch(() => response.destroy());
  }).listen(port, '127.0.0.1');
}
