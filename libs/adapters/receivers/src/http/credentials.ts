import { type HttpConfig } from '@tandem/alertmanager-config';

import { type ClientContext } from './client-context.ts';
import { basicOf } from './connections.ts';
import { ClientCredentials } from './oauth2.ts';
import { textSource, type TextSource } from './text-source.ts';

/** Headers by name. */
export type HeaderLists = Record<string, string[]>;

/** Says who is asking, by one `http_config`: `Authorization`, and the headers of the operator. */
export class Credentials {
  readonly #context: ClientContext;
  readonly #authorization: TextSource | undefined;
  readonly #tokens: ClientCredentials | undefined;
  readonly #open: HeaderLists;
  readonly #secret: readonly { readonly name: string; readonly values: readonly TextSource[] }[];

  constructor(config: HttpConfig, context: ClientContext) {
    this.#context = context;
    const { oauth2, http_headers: headers } = config;
    this.#tokens = oauth2 === undefined ? undefined : new ClientCredentials(oauth2, config.enable_http2, context);
    this.#authorization = authorizationOf(config);
    const named = [...(headers ?? [])];
    this.#open = Object.fromEntries(named.map(([name, { values }]) => [name, [...values]]));
    this.#secret = named.map(([name, { secrets, files }]) => ({
      name,
      values: [...secrets.map((value) => textSource(value.reveal(), '')), ...files.map((file) => textSource('', file))],
    }));
  }

  /**
   * Headers of a request. A user in the URL goes before what is configured.
   *
   * @param trusted whether the address is the one that was configured, or below it: others see no secret
   * @throws Error where a file cannot be read or no token can be had
   */
  async headers(url: URL, trusted: boolean): Promise<HeaderLists> {
    const headers: HeaderLists = Object.fromEntries(
      Object.entries(this.#open).map(([name, values]) => [name, [...values]]),
    );
    if (trusted) {
      for (const { name, values } of this.#secret) headers[name] = [...(headers[name] ?? []), ...(await all(values))];
      for (const { name } of this.#secret) for (const value of headers[name] ?? []) this.#learn(name, value);
    }
    const authorization = basicOf(url) ?? (trusted ? await this.#configured() : undefined);
    if (authorization !== undefined) {
      this.#learnAuthorization(authorization);
      headers['authorization'] = [authorization];
    }
    return headers;
  }

  async close(): Promise<void> {
    await this.#tokens?.close();
  }

  async #configured(): Promise<string | undefined> {
    return this.#tokens === undefined ? await this.#authorization?.() : await this.#tokens.authorization();
  }

  #learn(name: string, value: string): void {
    if (this.#open[name]?.includes(value) !== true) this.#context.redactor.learn(value);
  }

  #learnAuthorization(header: string): void {
    const credentials = header.slice(header.indexOf(' ') + 1);
    this.#context.redactor.learn(credentials);
    if (!header.startsWith('Basic ')) return;
    const [, ...password] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
    this.#context.redactor.learn(password.join(':'));
  }
}

function authorizationOf({ basic_auth: basic, authorization: own }: HttpConfig): TextSource | undefined {
  if (basic !== undefined) {
    const username = textSource(basic.username, basic.username_file);
    const password = textSource(basic.password.reveal(), basic.password_file);
    return async () => {
      const written = `${await username()}:${await password()}`;
      return `Basic ${Buffer.from(written).toString('base64')}`;
    };
  }
  if (own === undefined) return undefined;
  const credentials = textSource(own.credentials.reveal(), own.credentials_file);
  return async () => `${own.type} ${await credentials()}`;
}

function all(sources: readonly TextSource[]): Promise<readonly string[]> {
  return Promise.all(sources.map((source) => source()));
}
