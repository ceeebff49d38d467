import { type HttpConfig } from '@tandem/alertmanager-config';

import { Connections } from './connections.ts';
import { type ClientContext } from './client-context.ts';
import { readAnswer, type HttpAnswer } from './answer.ts';
import { textSource, type TextSource } from './text-source.ts';

/** `oauth2` of a configuration. */
export type OAuth2Config = NonNullable<HttpConfig['oauth2']>;

/** A token is not used any more this long before its end, ms. */
const EARLY_MS = 10_000;
/** How long a token is waited for, ms. */
const FETCH_TIMEOUT_MS = 30_000;

/** A token that was given. */
interface Token {
  /** As it stands in a header. */
  readonly authorization: string;
  /** Unix ms; infinite where nothing was said. */
  readonly expiresAtMs: number;
  /** Of which secret it is. */
  readonly secret: string;
}

/** Where the server wants the client's name and secret. */
type Style = 'header' | 'body';

/** Tokens by client credentials (RFC 6749 §4.4), kept until shortly before their end. */
export class ClientCredentials {
  readonly #config: OAuth2Config;
  readonly #context: ClientContext;
  readonly #connections: Connections;
  readonly #secret: TextSource;
  readonly #closing = new AbortController();
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;
  /** What has worked; at first the header is tried, then the body, as Go's client does. */
  #style: Style | undefined;

  constructor(config: OAuth2Config, http2: boolean, context: ClientContext) {
    this.#config = config;
    this.#context = context;
    this.#connections = new Connections({ proxy: config, tls: config.tls_config, http2, ...context });
    this.#secret = textSource(config.client_secret.reveal(), config.client_secret_file);
  }

  /** The `Authorization` of the next request. @throws Error where no token can be had */
  async authorization(): Promise<string> {
    const secret = await this.#secret();
    const token = this.#token;
    if (token?.secret === secret && token.expiresAtMs - EARLY_MS > this.#context.now()) return token.authorization;
    // Requests at the same time share one.
    this.#fetching ??= this.#fetch(secret).finally(() => (this.#fetching = undefined));
    this.#token = await this.#fetching;
    return this.#token.authorization;
  }

  /** Gives up what is being asked for, and closes the connections. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connections.close();
  }

  async #fetch(secret: string): Promise<Token> {
    this.#context.redactor.learn(secret);
    const first = this.#style ?? 'header';
    let answer = await this.#ask(first, secret);
    if (isOk(answer)) this.#style = first;
    else if (this.#style === undefined) {
      answer = await this.#ask('body', secret);
      if (isOk(answer)) this.#style = 'body';
    }
    if (!isOk(answer)) throw new Error(`cannot fetch a token: the server answered ${answer.status}: ${answer.text}`);
    return this.#tokenOf(answer, secret);
  }

  async #ask(style: Style, secret: string): Promise<HttpAnswer> {
    const { client_id: id, scopes, token_url: tokenUrl, endpoint_params: params } = this.#config;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    for (const [name, value] of params) form.set(name, value);
    const headers: Record<string, string> = {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': this.#context.userAgent,
    };
    if (style === 'header') headers['authorization'] = basic(id, secret);
    else {
      form.set('client_id', id);
      form.set('client_secret', secret);
    }
    form.sort();
    const url = new URL(tokenUrl);
    const dispatcher = await this.#connections.to(url);
    const { origin, pathname, search } = url;
    const signal = AbortSignal.any([AbortSignal.timeout(FETCH_TIMEOUT_MS), this.#closing.signal]);
    const body = form.toString();
    return readAnswer(
      await dispatcher.request({ method: 'POST', origin, path: pathname + search, headers, body, signal }),
    );
  }

  #tokenOf({ text }: HttpAnswer, secret: string): Token {
    const fields = fieldsOf(text);
    const { access_token: token, token_type: type, expires_in: seconds } = fields;
    if (typeof token !== 'string' || token === '') throw new Error('cannot fetch a token: the answer has none');
    this.#context.redactor.learn(token);
    const lifeMs = Number(seconds) > 0 ? Number(seconds) * 1000 : Infinity;
    const authorization = `${tokenType(typeof type === 'string' ? type : '')} ${token}`;
    return { authorization, secret, expiresAtMs: this.#context.now() + lifeMs };
  }
}

function isOk({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Both are form-encoded first (RFC 6749 §2.3.1). */
function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64')}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, without the text: it may hold a token.
  }
  throw new Error('cannot fetch a token: the answer is no JSON object');
}

/** `Bearer`, whatever its case, and where nothing is said. */
function tokenType(type: string): string {
  return type === '' || type.toLowerCase() === 'bearer' ? 'Bearer' : type;
}
