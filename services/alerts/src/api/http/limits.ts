import { availableParallelism } from 'node:os';

import { type Handler, type HttpRequest, type HttpResponse } from '@tandem/server';
import { type Instruments } from '@tandem/telemetry';

import { type HTTP_METRICS } from '../../metrics/http.ts';
import { plainError } from './answers.ts';

/** Of the requests there may be at once, and how long one may take. */
export interface Limits {
  /** `--web.get-concurrency`: GET requests at once; 0: as many as there are CPUs, 8 at least. */
  readonly getConcurrency: number;
  /** `--web.timeout`, ms: 503 after it, whatever becomes of the request; 0: none. */
  readonly timeoutMs: number;
}

/** Handlers that keep to the limits, and are measured. */
export class RequestLimiter {
  readonly #limits: Limits;
  readonly #metrics: Instruments<typeof HTTP_METRICS>;
  readonly #maxGets: number;
  #gets = 0;

  constructor(limits: Limits, metrics: Instruments<typeof HTTP_METRICS>) {
    this.#limits = limits;
    this.#metrics = metrics;
    this.#maxGets = limits.getConcurrency > 0 ? limits.getConcurrency : Math.max(availableParallelism(), 8);
    metrics.inFlight.set({ method: 'get' }, 0);
    metrics.limitExceeded.inc({ method: 'get' }, 0);
  }

  /** @param name of the handler in metrics: a template, or what tells it from the request */
  wrap(name: string | ((request: HttpRequest) => string), handler: Handler): Handler {
    return async (request) => {
      const beganMs = performance.now();
      const response = await this.#limit(request, handler);
      const labels = {
        handler: typeof name === 'string' ? name : name(request),
        method: methodLabel(request.method),
        code: String(response.status),
      };
      this.#metrics.duration.observe(labels, (performance.now() - beganMs) / 1000);
      return response;
    };
  }

  async #limit(request: HttpRequest, handler: Handler): Promise<HttpResponse> {
    if (request.method !== 'GET') return this.#within(request, handler);
    if (this.#gets >= this.#maxGets) {
      this.#metrics.limitExceeded.inc({ method: 'get' });
      return plainError(503, `Limit of concurrent GET requests reached (${this.#maxGets}), try again later.\n`);
    }
    this.#metrics.inFlight.set({ method: 'get' }, ++this.#gets);
    try {
      return await this.#within(request, handler);
    } finally {
      this.#metrics.inFlight.set({ method: 'get' }, --this.#gets);
    }
  }

  async #within(request: HttpRequest, handler: Handler): Promise<HttpResponse> {
    const { timeoutMs } = this.#limits;
    if (timeoutMs <= 0) return handler(request);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<HttpResponse>((resolve) => {
      const text = `Exceeded configured timeout of ${goDuration(timeoutMs)}.\n`;
      timer = setTimeout(() => resolve({ status: 503, body: text }), timeoutMs);
    });
    try {
      return await Promise.race([handler(request), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

function methodLabel(method: string): string {
  return METHODS.has(method) ? method.toLowerCase() : 'unknown';
}

/** As Go prints durations: `500ms`, `1.5s`, `1m0s`, `2h0m0s`. */
function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = `${(ms % 60_000) / 1000}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}
