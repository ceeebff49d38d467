import { failure, success } from '@tandem/alerting';

import { flag, parsed, text } from '../yaml/scalars.ts';
import { always, given, struct, type Refuse, type StructOf } from '../yaml/struct.ts';
import { countGiven } from './given.ts';
import { secret } from './values.ts';

const VERSIONS: ReadonlySet<string> = new Set(['TLS10', 'TLS11', 'TLS12', 'TLS13']);

const tlsVersion = parsed<string>({
  name: 'a TLS version',
  zero: '',
  isZero: (value) => value === '',
  parse: (written) => (VERSIONS.has(written) ? success(written) : failure(`unknown TLS version: ${written}`)),
  format: (value) => value,
});

const fields = {
  ca: given(text),
  cert: given(text),
  key: given(secret),
  ca_file: given(text),
  cert_file: given(text),
  key_file: given(text),
  ca_ref: given(text),
  cert_ref: given(text),
  key_ref: given(text),
  server_name: given(text),
  insecure_skip_verify: always(flag),
  min_version: given(tlsVersion),
  max_version: given(tlsVersion),
};

/** How to trust a server, and to be trusted. */
export type TlsConfig = StructOf<typeof fields>;

/** `tls_config`. */
export const tlsConfig = struct({
  name: 'tls_config',
  fields,
  finish: (value, refuse) => {
    checkTls(value, refuse);
    return value;
  },
});

function checkTls(value: TlsConfig, refuse: Refuse): void {
  const certs = countGiven(value.cert, value.cert_file, value.cert_ref);
  const keys = countGiven(value.key, value.key_file, value.key_ref);
  if (countGiven(value.ca, value.ca_file, value.ca_ref) > 1) {
    refuse('at most one of ca, ca_file & ca_ref must be configured', 'ca');
  }
  if (certs > 1) refuse('at most one of cert, cert_file & cert_ref must be configured', 'cert');
  if (keys > 1) refuse('at most one of key and key_file must be configured', 'key');
  if (certs > 0 && keys === 0) {
    refuse('exactly one of key or key_file must be configured when a client certificate is configured');
  }
  if (keys > 0 && certs === 0) {
    refuse('exactly one of cert or cert_file must be configured when a client key is configured');
  }
}
