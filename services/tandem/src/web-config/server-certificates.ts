import { readFileSync } from 'node:fs';
import { type SecureContextOptions, type TLSSocket } from 'node:tls';

import { TandemError } from '@tandem/errors';

import { defined } from '../compose/defined.ts';
import { ALWAYS_OFFERED, CIPHER_SUITES, CURVES, TLS_VERSIONS, type TlsServerConfig } from './web-config-schema.ts';

/** Whether the file says anything of TLS at all. */
export function wantsTls(tls: TlsServerConfig): boolean {
  const { cert, cert_file: certFile, key, key_file: keyFile, client_ca: ca, client_ca_file: caFile } = tls;
  const given = [cert, certFile, key, keyFile, ca, caFile].some((value) => value !== undefined);
  return given || tls.client_auth_type !== '';
}

/** Why the part about TLS cannot be used; `undefined`: it can. */
export function tlsProblem(tls: TlsServerConfig): string | undefined {
  const problems = [
    oneOf('cert', tls.cert, tls.cert_file),
    oneOf('key', tls.key, tls.key_file),
    tls.client_ca !== undefined && tls.client_ca_file !== undefined
      ? 'expected one of client_ca and client_ca_file, got both'
      : undefined,
    verifies(tls) && tls.client_ca === undefined && tls.client_ca_file === undefined
      ? `client_auth_type ${tls.client_auth_type} needs client_ca or client_ca_file`
      : undefined,
  ];
  return problems.find((problem) => problem !== undefined);
}

/** Certificates, key and what is spoken, for Node. @throws {TandemError} when a file cannot be read */
export function secureContextOf(tls: TlsServerConfig): SecureContextOptions {
  const { curve_preferences: curves, cipher_suites: suites, max_version: maxVersion } = tls;
  return defined({
    cert: textOf(tls.cert, tls.cert_file),
    key: textOf(tls.key?.reveal(), tls.key_file),
    ca: textOf(tls.client_ca, tls.client_ca_file),
    minVersion: TLS_VERSIONS[tls.min_version],
    maxVersion: maxVersion && TLS_VERSIONS[maxVersion],
    ciphers: suites.length === 0 ? undefined : ciphersOf(suites),
    ecdhCurve: curves.length === 0 ? undefined : curves.map((curve) => CURVES[curve]).join(':'),
    honorCipherOrder: tls.prefer_server_cipher_suites,
  });
}

/** Files the context is read from. */
export function filesOf({ cert_file, key_file, client_ca_file }: TlsServerConfig): readonly string[] {
  return [cert_file, key_file, client_ca_file].filter((file) => file !== undefined);
}

/** Whether clients are asked for a certificate. */
export function asksClients({ client_auth_type: type }: TlsServerConfig): boolean {
  return type !== '' && type !== 'NoClientCert';
}

/** Why a client is turned away after its handshake; `undefined`: it may stay. */
export function refusalOf(tls: TlsServerConfig, socket: TLSSocket): string | undefined {
  if (!asksClients(tls)) return undefined;
  const certificate = socket.getPeerCertificate();
  const shown = Object.keys(certificate).length > 0;
  if (!shown) return requires(tls) ? 'no certificate' : undefined;
  if (verifies(tls) && !socket.authorized) return String(socket.authorizationError);
  const allowed = tls.client_allowed_sans;
  if (allowed.length === 0 || namesIn(certificate.subjectaltname).some((name) => allowed.includes(name)))
    return undefined;
  return 'none of the names of the certificate is allowed';
}

function requires({ client_auth_type: type }: TlsServerConfig): boolean {
  return type === 'RequireAnyClientCert' || type === 'RequireAndVerifyClientCert';
}

function verifies({ client_auth_type: type }: TlsServerConfig): boolean {
  return type === 'VerifyClientCertIfGiven' || type === 'RequireAndVerifyClientCert';
}

/** `DNS:localhost, IP Address:127.0.0.1` without the kinds. */
function namesIn(subjectAltName: string | undefined): readonly string[] {
  return (subjectAltName ?? '').split(', ').map((name) => name.slice(name.indexOf(':') + 1));
}

function ciphersOf(suites: TlsServerConfig['cipher_suites']): string {
  const older: Readonly<Record<string, string>> = CIPHER_SUITES;
  return [...ALWAYS_OFFERED, ...suites.flatMap((suite) => older[suite] ?? [])].join(':');
}

function textOf(text: string | undefined, file: string | undefined): string | undefined {
  return text ?? (file === undefined ? undefined : read(file));
}

function oneOf(name: string, text: unknown, file: string | undefined): string | undefined {
  if (text !== undefined && file !== undefined) return `expected one of ${name} and ${name}_file, got both`;
  return text === undefined && file === undefined ? `missing one of ${name} and ${name}_file` : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TandemError('TANDEM_SERVER_WEB_CONFIG', `cannot read "${file}"`, { cause });
  }
}
