import { type IncomingHttpHeaders } from 'node:http';

/** An answer. Strings are UTF-8; `content-length` is set by the server. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What came of reading a body. A refusal carries the answer to give, and the reason to count. */
export type BodyOutcome =
  | { readonly outcome: 'read'; readonly bytes: Buffer }
  | { readonly outcome: 'refused'; readonly reason: BodyRefusal; readonly response: HttpResponse };

/**
 * Why a body was not read: `too-large` (413), `overloaded`: too many bytes in flight (503 with Retry-After), `aborted`:
 * the client went away or was too slow (nobody reads the answer).
 */
export type BodyRefusal = 'too-large' | 'overloaded' | 'aborted';

/** A request as a handler sees it. */
export interface HttpRequest {
  /** `HEAD` is answered by the handler of `GET`, whose body is then left out. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** What the `:name` segments of the route's template matched, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Parsed when first asked for. */
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
  /** Aborts when the client goes away before the answer, or the server's stop runs out of time. */
  readonly signal: AbortSignal;
  /**
   * Reads the body, once. Its bytes count as in flight until the request is answered. A `content-length` over a limit
   * is refused before anything is read; a chunked body as soon as it is over.
   */
  readBody(): Promise<BodyOutcome>;
  /**
   * Counts further bytes as in flight until the request is answered, the decompressed form of a body for example.
   *
   * @returns the answer to give instead when there is no room for them
   */
  reserve(bytes: number): HttpResponse | undefined;
}

/** Answers a request. What it throws is logged and answered 500, or 503 when the error says that it is retryable. */
export type Handler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** A path of the server, with what answers it. */
export interface Route {
  /** `*`: every method, `HEAD` and `OPTIONS` included, which the handler then tells apart. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | '*';
  /**
   * `/api/v1/clusters/:cluster`: a `:name` matches one segment. `/api/v2/*` matches whatever begins with `/api/v2/` and no
   * other path has; of several such the longest. Metrics know the route by this template.
   */
  readonly path: string;
  readonly handler: Handler;
  /** Longest body, bytes; default the server's. */
  readonly maxBodyBytes?: number;
}

/** Whether something is ready: `undefined` when it is, otherwise why not, in a few words. */
export type ReadinessCheck = () => string | undefined | Promise<string | undefined>;
