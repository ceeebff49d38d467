import { secret, section, type ConfigOf } from '@tandem/config';
import { z } from 'zod';

/** How far clients have to show a certificate; names as in Go's crypto/tls. */
export const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

/** TLS versions by Go's names, as Node calls them. */
export const TLS_VERSIONS = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

/** Curves by Go's names, as OpenSSL calls them. */
export const CURVES = {
  CurveP256: 'prime256v1',
  CurveP384: 'secp384r1',
  CurveP521: 'secp521r1',
  X25519: 'X25519',
} as const;

/** Cipher suites of TLS 1.2 and before by Go's names, as OpenSSL calls them. Those of TLS 1.3 are not chosen, as in Go. */
export const CIPHER_SUITES = {
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
} as const;

/** Of TLS 1.3: always offered. */
const TLS13_SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'] as const;

const HEADERS = [
  'Content-Security-Policy',
  'Strict-Transport-Security',
  'X-Content-Type-Options',
  'X-Frame-Options',
  'X-XSS-Protection',
] as const;

/** A bcrypt hash of any of its flavours, cost 4 to 31. */
const BCRYPT = /^\$2[abxy]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/u;

const tlsServerSection = section({
  cert: z.string().optional(),
  cert_file: z.string().optional(),
  key: secret().optional(),
  key_file: z.string().optional(),
  client_auth_type: z.enum(['', ...CLIENT_AUTH_TYPES]).default(''),
  client_ca: z.string().optional(),
  client_ca_file: z.string().optional(),
  client_allowed_sans: z.array(z.string()).default([]),
  min_version: z.enum(namesOf(TLS_VERSIONS)).default('TLS12'),
  max_version: z.enum(namesOf(TLS_VERSIONS)).optional(),
  cipher_suites: z.array(z.enum([...namesOf(CIPHER_SUITES), ...TLS13_SUITES])).default([]),
  curve_preferences: z.array(z.enum(namesOf(CURVES))).default([]),
  prefer_server_cipher_suites: z.boolean().default(true),
});

/**
 * The file of `--web.config.file`, as Prometheus' exporter-toolkit defines it
 * (https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md), but for its rate limit.
 */
export const webConfigSchema = section({
  tls_server_config: tlsServerSection,
  http_server_config: section({
    /** Taken and passed over: what is served here is HTTP 1.1, which every client that speaks HTTP 2 speaks as well. */
    http2: z.boolean().default(true),
    headers: z.partialRecord(z.enum(HEADERS), z.string()).default({}),
  }),
  basic_auth_users: z
    .record(
      z.string(),
      secret().refine((hash) => BCRYPT.test(hash.reveal()), 'expected a password hashed with bcrypt'),
    )
    .default({}),
});

/** The file, read and checked. */
export type WebConfig = ConfigOf<typeof webConfigSchema>;

/** Its part about TLS. */
export type TlsServerConfig = WebConfig['tls_server_config'];

/** Every cipher suite of TLS 1.3, as OpenSSL's lists name them. */
export const ALWAYS_OFFERED: readonly string[] = TLS13_SUITES;

function namesOf<const Table extends Readonly<Record<string, string>>>(table: Table): (keyof Table & string)[] {
  return Object.keys(table);
}
