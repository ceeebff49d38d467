import { type HttpConfig } from '@tandem/alertmanager-config';
import type { Dispatcher } from 'undici';

import { readAnswer, type HttpAnswer } from './answer.ts';
import { type ClientContext } from './client-context.ts';
import { Connections } from './connections.ts';
import { Credentials } from './credentials.ts';

/** As Go's client: the eleventh redirection is one too many. */
const MAX_REDIRECTS = 10;
/** Answers behind which a body is not sent again. */
const BECOMES_GET: ReadonlySet<number> = new Set([301, 302, 303]);
const KEEPS_METHOD: ReadonlySet<number> = new Set([307, 308]);

/** One request of a chain of redirections. */
interface Hop {
  readonly url: URL;
  readonly method: 'POST' | 'GET';
  readonly body: string | undefined;
}

/** Speaks HTTP as an `http_config` says. Safe to use concurrently. */
export class HttpClient {
  readonly #context: ClientContext;
  readonly #connections: Connections;
  readonly #credentials: Credentials;
  readonly #followRedirects: boolean;

  /** @throws TypeError for a proxy that is no URL */
  constructor(config: HttpConfig, context: ClientContext) {
    this.#context = context;
    this.#followRedirects = config.follow_redirects;
    this.#connections = new Connections({
      proxy: config,
      tls: config.tls_config,
      http2: config.enable_http2,
      ...context,
    });
    this.#credentials = new Credentials(config, context);
  }

  /**
   * Posts JSON, and follows redirections where it may.
   *
   * @throws Error where there is no answer, or no credentials; its text may have secrets in it
   */
  async postJson(url: URL, body: string, signal: AbortSignal): Promise<HttpAnswer> {
    let hop: Hop = { url, method: 'POST', body };
    for (let redirects = 0; ; redirects++) {
      this.#context.redactor.learnUrl(hop.url);
      const response = await this.#exchange(hop, isTrusted(hop.url, url), signal);
      const answer = await readAnswer(response);
      const next = this.#followRedirects ? nextHop(hop, response) : undefined;
      if (next === undefined) return answer;
      if (redirects === MAX_REDIRECTS) throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
      hop = next;
    }
  }

  /** Waits for requests under way, then closes the connections. */
  async close(): Promise<void> {
    await Promise.all([this.#connections.close(), this.#credentials.close()]);
  }

  async #exchange({ url, method, body }: Hop, trusted: boolean, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const headers = await unlessAborted(this.#credentials.headers(url, trusted), signal);
    headers['user-agent'] = [this.#context.userAgent];
    if (body !== undefined) headers['content-type'] = ['application/json'];
    const dispatcher = await this.#connections.to(url);
    const { origin, pathname, search } = url;
    const sent = body === undefined ? {} : { body };
    return dispatcher.request({ origin, path: pathname + search, method, headers, signal, ...sent });
  }
}

function nextHop(hop: Hop, { statusCode, headers }: Dispatcher.ResponseData): Hop | undefined {
  const { location } = headers;
  const keeps = KEEPS_METHOD.has(statusCode);
  if (typeof location !== 'string' || !(keeps || BECOMES_GET.has(statusCode))) return undefined;
  const url = new URL(location, hop.url);
  if (!/^https?:$/u.test(url.protocol)) throw new Error('it redirects to what is not HTTP');
  return keeps ? { ...hop, url } : { url, method: 'GET', body: undefined };
}

/** Whether an address is the first one or below it, and not less safe: Go's rule, and that of HTTPS besides. */
function isTrusted(url: URL, first: URL): boolean {
  if (first.protocol === 'https:' && url.protocol !== 'https:') return false;
  return url.hostname === first.hostname || url.hostname.endsWith(`.${first.hostname}`);
}

/** A token is fetched for whoever needs it: one that gives up does not end it for the others. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Error('given up'));
  });
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
