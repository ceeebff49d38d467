import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

import { protocolOf, WRITTEN_HEADERS } from '@tandem/remote-write';

import { type Recording } from '../record/recording.ts';
import { shiftStamps } from './shift-stamps.ts';
import { SilentLink } from './silent-link.ts';

const TIMEOUT_MS = 60_000;
/** What of an answer a sender looks at. */
const ANSWER_HEADERS = ['content-type', 'retry-after', ...Object.values(WRITTEN_HEADERS)];
const REQUEST_HEADERS = ['content-type', 'content-encoding', 'x-prometheus-remote-write-version', 'user-agent'];

/** A replica's way to ingest. */
export interface WayOptions {
  readonly replica: string;
  /** Where remote write of ingest is. */
  readonly ingestUrl: string;
  /** How far the replica's clock is off, ms; its samples are stamped so. */
  readonly offsetMs: number;
  readonly recording: Recording;
}

/** What lies between a replica and ingest: a network that may go silent, and a note of everything that came through. */
export class Way {
  readonly #options: WayOptions;
  readonly #server: Server;
  #link: SilentLink | undefined;

  constructor(options: WayOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch((error: unknown) => {
        response.writeHead(502).end(String(error));
      });
    });
  }

  /** Listens on a free port of the loopback. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#link = await new SilentLink((this.#server.address() as AddressInfo).port).start();
    return this;
  }

  /** Where the replica writes to. */
  get writeUrl(): string {
    return `http://127.0.0.1:${this.link.port}/api/v1/write`;
  }

  /** The network between them. */
  get link(): SilentLink {
    if (this.#link === undefined) throw new Error('cannot go this way: it was not started');
    return this.#link;
  }

  /** Cuts everything. */
  async stop(): Promise<void> {
    await this.#link?.stop();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { replica, ingestUrl, offsetMs, recording } = this.#options;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const arrivedAtMs = Date.now();
    const protocol = protocolOf(request.headers['content-type']);
    if (!protocol.ok) throw new Error(protocol.problem.message);
    const sent = Buffer.concat(chunks);
    const body = offsetMs === 0 ? sent : shiftStamps(protocol.protocol, sent, offsetMs);
    const headers = chosen(REQUEST_HEADERS, (name) => request.headers[name]?.toString());
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(ingestUrl, { method: 'POST', headers, body: new Uint8Array(body), signal });
    const text = await answer.text();
    if (answer.ok) recording.take({ replica, arrivedAtMs, protocol: protocol.protocol }, body);
    response.writeHead(
      answer.status,
      chosen(ANSWER_HEADERS, (name) => answer.headers.get(name) ?? undefined),
    );
    response.end(answer.status === 204 ? undefined : text);
  }
}

function chosen(names: readonly string[], value: (name: string) => string | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const given = value(name);
    if (given !== undefined) found[name] = given;
  }
  return found;
}
