import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type ConnectionOptions, type SecureVersion } from 'node:tls';

import { type TlsConfig } from '@tandem/alertmanager-config';

import { FileText } from './file-text.ts';
import { type TextSource } from './text-source.ts';

const VERSIONS: ReadonlyMap<string, SecureVersion> = new Map([
  ['TLS10', 'TLSv1'],
  ['TLS11', 'TLSv1.1'],
  ['TLS12', 'TLSv1.2'],
  ['TLS13', 'TLSv1.3'],
]);
/** OpenSSL offers TLS 1.0 and 1.1 at this level alone. */
const OLD_CIPHERS = 'DEFAULT@SECLEVEL=0';

/** How a connection by TLS is made. */
export type TlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized' | 'minVersion' | 'maxVersion' | 'ciphers'
>;

/** What `tls_config` says, with its files as they are now. */
export class TlsMaterial {
  readonly #config: TlsConfig;
  readonly #sources: readonly TextSource[];
  #texts: readonly string[] = [];
  #options: TlsOptions | undefined;

  constructor(config: TlsConfig) {
    this.#config = config;
    this.#sources = materialOf(config).map(({ text, file }) => {
      if (file === '') return () => Promise.resolve(text);
      const source = new FileText(file);
      return () => source.read();
    });
  }

  /** The same object as before where nothing has changed. @throws Error where a file cannot be read */
  async read(): Promise<TlsOptions> {
    const texts = await Promise.all(this.#sources.map((source) => source()));
    if (this.#options === undefined || texts.some((text, index) => text !== this.#texts[index])) {
      this.#options = tlsOptions(this.#config, texts);
      this.#texts = texts;
    }
    return this.#options;
  }
}

/** Reads what `tls_config` names, and tries whether it can be used. @throws Error where it cannot */
export function checkTls(config: TlsConfig): void {
  const texts = materialOf(config).map(({ text, file }) => (file === '' ? text : readFileSync(file, 'utf8')));
  createSecureContext(tlsOptions(config, texts));
  // OpenSSL passes over what is no certificate.
  const [ca = ''] = texts;
  if (ca !== '') new X509Certificate(ca);
}

/** CA, certificate, key: as texts or as files. */
function materialOf(config: TlsConfig): readonly { readonly text: string; readonly file: string }[] {
  return [
    { text: config.ca, file: config.ca_file },
    { text: config.cert, file: config.cert_file },
    { text: config.key.reveal(), file: config.key_file },
  ];
}

function tlsOptions(config: TlsConfig, [ca = '', cert = '', key = '']: readonly string[]): TlsOptions {
  const minVersion = VERSIONS.get(config.min_version);
  const maxVersion = VERSIONS.get(config.max_version);
  const isOld = [minVersion, maxVersion].some((version) => version === 'TLSv1' || version === 'TLSv1.1');
  return {
    rejectUnauthorized: !config.insecure_skip_verify,
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(isOld ? { ciphers: OLD_CIPHERS } : {}),
    ...written({ ca, cert, key, servername: config.server_name }),
  };
}

/** What is not empty: an empty certificate is none. */
function written(texts: Readonly<Record<string, string>>): TlsOptions {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}
