import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { decompress } from '@tandem/remote-write';

/** Takes remote write and keeps the bodies, by the path they were sent to. */
export interface Recorder {
  /** `http://127.0.0.1:<port>`; bodies sent to `/<name>` are kept as `name`'s. */
  readonly url: string;
  /** Bodies so far, inflated, in the order they came. */
  bodies(name: string): readonly Uint8Array[];
  stop(): Promise<void>;
}

const MAX_DECODED_BYTES = 64 * 1_048_576;

/** Starts a recorder on the loopback. */
export async function startRecorder(): Promise<Recorder> {
  const kept = new Map<string, Uint8Array[]>();
  const server = createServer((request, response) => {
    record(request, kept).then(
      () => answer(response),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    bodies: (name) => kept.get(name) ?? [],
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function record(request: IncomingMessage, kept: Map<string, Uint8Array[]>): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const inflated = decompress(Buffer.concat(chunks), MAX_DECODED_BYTES);
  if (!inflated.ok) throw new Error(inflated.problem.message);
  const name = request.url?.slice(1) ?? '';
  const bodies = kept.get(name) ?? [];
  bodies.push(inflated.data);
  kept.set(name, bodies);
}

/** A sender of 2.0 that is not told what was written takes it for lost, and says so in its log. */
function answer(response: ServerResponse): void {
  response.writeHead(204, {
    'x-prometheus-remote-write-samples-written': '0',
    'x-prometheus-remote-write-histograms-written': '0',
    'x-prometheus-remote-write-exemplars-written': '0',
  });
  response.end();
}
