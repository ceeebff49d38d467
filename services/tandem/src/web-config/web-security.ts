import { statSync } from 'node:fs';
import { type IncomingHttpHeaders } from 'node:http';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';

import { describeError, TandemError } from '@tandem/errors';
import { type HttpResponse, type ServerSecurity, type ServerTls } from '@tandem/server';
import { type Logger } from '@tandem/telemetry';

import { BasicAuth } from './basic-auth.ts';
import { readWebConfig } from './read-web-config.ts';
import { asksClients, filesOf, refusalOf, secureContextOf, wantsTls } from './server-certificates.ts';
import { type WebConfig } from './web-config-schema.ts';

/**
 * The security a file of `--web.config.file` asks for. The file and those it names are read again when they have changed;
 * what cannot be used does not replace what is in force. Whether there is TLS, and whether clients are asked for certificates,
 * is settled at the start.
 */
export class WebSecurity implements ServerSecurity {
  readonly tls: ServerTls | undefined;
  readonly #file: string;
  readonly #logger: Logger;
  readonly #basicAuth = new BasicAuth();
  #config: WebConfig;
  #context: SecureContextOptions | undefined;
  #headers: Readonly<Record<string, string>> = {};
  #signature: string;
  #version = 0;

  /** @throws {TandemError} `TANDEM_SERVER_WEB_CONFIG` when the file cannot be used */
  constructor(file: string, logger: Logger) {
    this.#file = file;
    this.#logger = logger;
    this.#config = readWebConfig(file);
    this.#signature = this.#signatureNow();
    const secured = wantsTls(this.#config.tls_server_config);
    this.#take(this.#config, secured ? contextOf(this.#config) : undefined);
    this.tls = secured ? this.#serverTls() : undefined;
  }

  async admit(headers: IncomingHttpHeaders): Promise<HttpResponse | undefined> {
    this.#refresh();
    return this.#basicAuth.refusal(this.#config.basic_auth_users, headers);
  }

  headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  #serverTls(): ServerTls {
    return {
      asksClients: asksClients(this.#config.tls_server_config),
      context: () => this.#context ?? {},
      version: () => {
        this.#refresh();
        return this.#version;
      },
      refusal: (socket: TLSSocket) => refusalOf(this.#config.tls_server_config, socket),
    };
  }

  #refresh(): void {
    const signature = this.#signatureNow();
    if (signature === this.#signature) return;
    this.#signature = signature;
    try {
      const config = readWebConfig(this.#file);
      this.#checkFixed(config);
      this.#take(config, this.tls === undefined ? undefined : contextOf(config));
      this.#signature = this.#signatureNow();
      this.#logger.info({ file: this.#file }, 'web configuration read again');
    } catch (error) {
      this.#logger.error(
        { file: this.#file, err: describeError(error) },
        'web configuration cannot be used, the one before stays',
      );
    }
  }

  #checkFixed({ tls_server_config: tls }: WebConfig): void {
    const before = this.#config.tls_server_config;
    if (wantsTls(tls) === wantsTls(before) && asksClients(tls) === asksClients(before)) return;
    throw new TandemError(
      'TANDEM_SERVER_WEB_CONFIG',
      'cannot switch TLS or certificates of clients on or off: start again',
    );
  }

  #take(config: WebConfig, context: SecureContextOptions | undefined): void {
    this.#config = config;
    this.#context = context;
    const headers = Object.entries(config.http_server_config.headers);
    this.#headers = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
    this.#version++;
  }

  /** Changes when the file, or one it names, does. */
  #signatureNow(): string {
    return [this.#file, ...filesOf(this.#config.tls_server_config)].map(signatureOf).join(' ');
  }
}

/** @throws {TandemError} where a certificate or key cannot be read or does not fit the other */
function contextOf({ tls_server_config: tls }: WebConfig): SecureContextOptions {
  const context = secureContextOf(tls);
  try {
    createSecureContext(context);
    return context;
  } catch (cause) {
    throw new TandemError('TANDEM_SERVER_WEB_CONFIG', 'cannot use the certificate and its key', { cause });
  }
}

function signatureOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? 'none' : `${stat.ino}-${stat.mtimeNs}-${stat.size}`;
}
