import { validateHeaderName, validateHeaderValue } from 'node:http';
import { REQUEST_HEADERS, type Protocol } from '@tandem/remote-write';
import { Pool, type Dispatcher } from 'undici';
import { authorizationOf, type Authorization } from './authorization.ts';
import { connectOptions } from './connect-options.ts';
import { Deadline } from './deadline.ts';
import { type RemoteWriteClientOptions } from './options.ts';
import { outcomeOf, type Answer, type WriteOutcome } from './outcome.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_CONNECTIONS = 16;
/** An answer's body is read to this length, so that its connection can be used again; a longer one costs the connection. */
const MAX_ANSWER_BYTES = 65_536;
const MAX_MESSAGE_CHARS = 300;
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** A body to send. */
export interface WriteRequest {
  /** A block of snappy. Not changed, and not looked at after the outcome. */
  readonly body: Uint8Array;
  readonly protocol: Protocol;
  /** How often this body was sent before; above 0 it is sent as `Retry-Attempt`. */
  readonly attempt?: number;
  readonly signal?: AbortSignal;
}

/** Sends remote-write requests to one target, over connections that it keeps. Safe to use concurrently. */
export class RemoteWriteClient {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #authorization: Authorization;
  readonly #now: () => number;

  /** @throws TypeError for an address or a header that is none; Error when a TLS file cannot be read */
  constructor(options: RemoteWriteClientOptions) {
    const url = new URL(options.url);
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#now = options.now ?? Date.now;
    this.#path = url.pathname + url.search;
    this.#authorization = authorizationOf(url, options.auth);
    this.#headers = { ...checked(options.headers ?? {}), 'user-agent': options.userAgent ?? 'tandem' };
    this.#pool = new Pool(url.origin, {
      connections: options.maxConnections ?? DEFAULT_CONNECTIONS,
      // The deadline of a request covers both.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: connectOptions(options.tls ?? {}, this.#timeoutMs),
    });
  }

  /** Sends once. Never rejects: whatever happens is an outcome. Redirects are not followed. */
  async send(request: WriteRequest): Promise<WriteOutcome> {
    const deadline = new Deadline(this.#timeoutMs, request.signal);
    try {
      const headers = await this.#headersOf(request);
      if (headers === undefined) {
        return { outcome: 'retry', reason: 'credentials', message: 'cannot read the file of credentials' };
      }
      const answer = await this.#exchange(request.body, headers, deadline.signal);
      return outcomeOf(answer, this.#now());
    } catch (error) {
      const reason = deadline.reason ?? 'network';
      return { outcome: 'retry', reason, message: this.#describe(reason, error) };
    } finally {
      deadline.clear();
    }
  }

  /** Waits for requests under way, then closes the connections. Idempotent. */
  async close(): Promise<void> {
    if (!this.#pool.closed) await this.#pool.close();
  }

  async #headersOf({ protocol, attempt = 0 }: WriteRequest): Promise<Record<string, string> | undefined> {
    const headers: Record<string, string> = { ...this.#headers, ...REQUEST_HEADERS[protocol] };
    if (attempt > 0) headers['retry-attempt'] = String(attempt);
    try {
      const authorization = await this.#authorization();
      if (authorization !== undefined) headers['authorization'] = authorization;
      return headers;
    } catch {
      return undefined;
    }
  }

  async #exchange(body: Uint8Array, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    const response = await this.#pool.request({ method: 'POST', path: this.#path, headers, body, signal });
    const { 'retry-after': retryAfter } = response.headers;
    return {
      status: response.statusCode,
      retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
      text: oneLine(await readStart(response.body)),
    };
  }

  #describe(reason: string, error: unknown): string {
    if (reason === 'timeout') return `no answer within ${this.#timeoutMs} ms`;
    if (reason === 'aborted') return 'the request was given up';
    return `cannot reach the target: ${causeOf(error)}`;
  }
}

/** The beginning of an answer's body; one that goes on for too long is cut off, connection and all. */
async function readStart(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (length < MAX_MESSAGE_CHARS) chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A text of somebody else's as part of a message: no line breaks or control characters, and not long. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > MAX_MESSAGE_CHARS ? `${line.slice(0, MAX_MESSAGE_CHARS)}…` : line;
}

/** What the driver says; it knows addresses and errors, not headers. An error of several addresses has no text. */
function causeOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(causeOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** The headers of an operator, checked, by their names in lower case. @throws TypeError */
function checked(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (OF_THE_CONNECTION.has(name.toLowerCase()))
      throw new TypeError(`cannot send header "${name}": it is the client's own`);
  }
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
