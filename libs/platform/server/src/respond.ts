import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { type HttpResponse } from './http.ts';

const compress = promisify(gzip);
/** Below this, compressing costs more than it saves. */
const MIN_COMPRESSED_BYTES = 1024;
const COMPRESSIBLE = /^(?:text\/|application\/(?:json|javascript|yaml|openmetrics-text)|image\/svg)/u;
const TEXT = 'text/plain; charset=utf-8';

/** How an answer is sent. */
export interface RespondOptions {
  /** Whether the connection is to end with this answer. */
  readonly close: boolean;
}

/** Sends an answer, compressed where the client asks for it and it is worth it. Resolves when it was handed over. */
export function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  response: HttpResponse,
  options: RespondOptions,
): Promise<void> | void {
  if (outgoing.destroyed || outgoing.headersSent) return;
  if (options.close) outgoing.shouldKeepAlive = false;
  const { body = '', headers } = response;
  if (response.status === 204 || response.status === 304) {
    outgoing.writeHead(response.status, headers).end();
  } else if (asksForGzip(incoming) && isCompressible(response)) {
    return respondCompressed(incoming, outgoing, response);
  } else {
    send(incoming, outgoing, response, { 'content-length': Buffer.byteLength(body) });
  }
}

async function respondCompressed(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  response: HttpResponse,
): Promise<void> {
  const body = await compress(response.body ?? '');
  const headers = { 'content-length': body.length, 'content-encoding': 'gzip', vary: 'accept-encoding' };
  send(incoming, outgoing, { ...response, body }, headers);
}

function send(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  response: HttpResponse,
  headers: OutgoingHttpHeaders,
): void {
  if (response.body !== undefined) headers['content-type'] = TEXT;
  outgoing.writeHead(response.status, response.headers === undefined ? headers : { ...headers, ...response.headers });
  if (incoming.method === 'HEAD' || response.body === undefined) outgoing.end();
  else outgoing.end(response.body);
}

function asksForGzip(incoming: IncomingMessage): boolean {
  const accepted = incoming.headers['accept-encoding'];
  return typeof accepted === 'string' && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/u.test(accepted);
}

function isCompressible({ body, headers }: HttpResponse): boolean {
  if (body === undefined || body.length < MIN_COMPRESSED_BYTES || headers?.['content-encoding'] !== undefined) {
    return false;
  }
  return COMPRESSIBLE.test(headers?.['content-type'] ?? TEXT);
}
