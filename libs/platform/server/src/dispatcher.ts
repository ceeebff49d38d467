import { type IncomingMessage, type ServerResponse } from 'node:http';

import { TandemError } from '@tandem/errors';
import { type Instruments, type Logger } from '@tandem/telemetry';

import { type ByteBudget } from './byte-budget.ts';
import { Exchange } from './exchange.ts';
import { type HttpResponse } from './http.ts';
import { type SERVER_METRICS } from './metrics.ts';
import { respond } from './respond.ts';
import { type Match, type Router } from './router.ts';
import { type ServerSecurity } from './security/server-security.ts';

/** What a dispatcher works with. */
export interface DispatcherOptions {
  readonly router: Router;
  readonly budget: ByteBudget;
  readonly metrics: Instruments<typeof SERVER_METRICS>;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
  /** Whether connections end with the answer under way: the server stops. */
  readonly isStopping: () => boolean;
  readonly security: ServerSecurity | undefined;
}

/** The label of requests that no route matches, and of methods that no route has. */
const OTHER = 'other';
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']);
const NOT_FOUND: HttpResponse = { status: 404, body: 'not found\n' };
const FAILED: HttpResponse = { status: 500, body: 'internal error\n' };
const RETRY: HttpResponse = {
  status: 503,
  headers: { 'retry-after': '5' },
  body: 'unavailable, send it again later\n',
};
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** Finds the route of each request, runs its handler and sends what it answers. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  #inFlight = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Requests that are being answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Answers a request. Never rejects. */
  async answer(incoming: IncomingMessage, outgoing: ServerResponse, expectsContinue: boolean): Promise<void> {
    const beganMs = performance.now();
    const [path, queryText] = splitUrl(incoming.url ?? '/');
    const match = this.#options.router.find(incoming.method ?? 'GET', path);
    this.#inFlight++;
    try {
      const answer = await this.#respondTo(match, { incoming, outgoing, path, queryText, expectsContinue });
      const response = this.#withHeaders(answer);
      const aborted = outgoing.destroyed;
      await respond(incoming, outgoing, response, { close: this.#options.isStopping() });
      const route = match.outcome === 'found' ? match.route.template : templateOf(match);
      this.#count(route, {
        method: incoming.method ?? '',
        status: aborted ? 'aborted' : classOf(response.status),
        beganMs,
      });
    } catch (error) {
      // Headers that Node refuses, for example: there is nothing left to say to this client.
      this.#options.logger.error({ path, error }, 'answer could not be sent');
      outgoing.destroy();
    } finally {
      this.#inFlight--;
    }
  }

  /** Who may not ask is told so whatever the path. */
  async #respondTo(match: Match, request: Request): Promise<HttpResponse> {
    const refusal = await this.#options.security?.admit(request.incoming.headers);
    if (refusal !== undefined) return refusal;
    return match.outcome === 'found' ? this.#handle(match, request) : refusalOf(match);
  }

  #withHeaders(response: HttpResponse): HttpResponse {
    const { security } = this.#options;
    return security === undefined ? response : { ...response, headers: { ...security.headers(), ...response.headers } };
  }

  async #handle(match: Found, request: Request): Promise<HttpResponse> {
    const { route, params } = match;
    const exchange = new Exchange({
      ...request,
      params,
      budget: this.#options.budget,
      maxBodyBytes: route.maxBodyBytes ?? this.#options.maxBodyBytes,
      onRefused: (reason) => this.#options.metrics.refused.inc({ route: route.template, reason }),
    });
    try {
      return await route.handler(exchange);
    } catch (error) {
      return this.#failed(error, `${request.incoming.method ?? ''} ${route.template}`);
    } finally {
      exchange.release();
    }
  }

  #failed(cause: unknown, request: string): HttpResponse {
    const retryable = typeof cause === 'object' && cause !== null && 'retryable' in cause && cause.retryable === true;
    const error = new TandemError('TANDEM_HTTP_HANDLER_FAILED', `cannot answer "${request}"`, { cause });
    this.#options.logger.error({ request, code: error.code, retryable, error }, 'request failed');
    return retryable ? RETRY : FAILED;
  }

  #count(route: string, { method, status, beganMs }: Answered): void {
    const { metrics } = this.#options;
    metrics.requests.inc({ route, method: METHODS.has(method) ? method : OTHER, status });
    metrics.duration.observe({ route, status }, (performance.now() - beganMs) / 1000);
  }
}

type Found = Extract<Match, { readonly outcome: 'found' }>;
type Refused = Exclude<Match, Found>;

interface Request {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly path: string;
  readonly queryText: string;
  readonly expectsContinue: boolean;
}

interface Answered {
  readonly method: string;
  readonly status: string;
  readonly beganMs: number;
}

/** Path and query of a request target, which may be absolute. */
function splitUrl(target: string): readonly [path: string, queryText: string] {
  const origin = target.startsWith('/') ? '' : (/^https?:\/\/[^/?]*/iu.exec(target)?.[0] ?? '');
  const relative = origin === '' ? target : target.slice(origin.length);
  const mark = relative.indexOf('?');
  return mark === -1 ? [relative, ''] : [relative.slice(0, mark), relative.slice(mark + 1)];
}

function refusalOf(match: Refused): HttpResponse {
  if (match.outcome === 'not-found') return NOT_FOUND;
  return { status: 405, headers: { allow: match.allow }, body: `method not allowed, use ${match.allow}\n` };
}

function templateOf(match: Refused): string {
  return match.outcome === 'not-found' ? OTHER : match.template;
}

function classOf(status: number): string {
  return STATUS_CLASSES[Math.floor(status / 100) - 1] ?? OTHER;
}
