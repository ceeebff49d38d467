import { readFileSync } from 'node:fs';
import path from 'node:path';

import { formatProblem, parseConfig } from '@tandem/config';
import { TandemError } from '@tandem/errors';

import { tlsProblem, wantsTls } from './server-certificates.ts';
import { webConfigSchema, type WebConfig } from './web-config-schema.ts';

/**
 * Reads a file of `--web.config.file`. Files it names are beside it where they are not absolute.
 *
 * @throws {TandemError} `TANDEM_SERVER_WEB_CONFIG` with all that is wrong with it
 */
export function readWebConfig(file: string): WebConfig {
  const outcome = parseConfig(webConfigSchema, { argv: [], env: {}, file, text: textOf(file) });
  if (!outcome.ok) throw unusable(file, outcome.problems.map(formatProblem).join('\n'));
  const { tls_server_config: tls } = outcome.config;
  const problem = wantsTls(tls) ? tlsProblem(tls) : undefined;
  if (problem !== undefined) throw unusable(file, `${file}: tls_server_config: ${problem}`);
  return { ...outcome.config, tls_server_config: located(tls, path.dirname(file)) };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TandemError('TANDEM_SERVER_WEB_CONFIG', `cannot read "${file}"`, { cause });
  }
}

function unusable(file: string, problems: string): TandemError {
  return new TandemError('TANDEM_SERVER_WEB_CONFIG', `cannot use "${file}": ${problems}`);
}

function located(tls: WebConfig['tls_server_config'], folder: string): WebConfig['tls_server_config'] {
  const at = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : path.resolve(folder, name);
  return {
    ...tls,
    cert_file: at(tls.cert_file),
    key_file: at(tls.key_file),
    client_ca_file: at(tls.client_ca_file),
  };
}
