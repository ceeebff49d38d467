import { failure, success } from '@tandem/alerting';

import { optionalStruct } from '../yaml/collections.ts';
import { flag, fraction, parsed, text } from '../yaml/scalars.ts';
import { given, struct, type StructOf } from '../yaml/struct.ts';
import { headers } from './headers.ts';
import { tlsConfig } from './tls.ts';
import { duration } from './values.ts';

const clientType = parsed<string>({
  name: 'http or grpc',
  zero: '',
  isZero: (value) => value === '',
  parse: (written) =>
    written === 'http' || written === 'grpc'
      ? success(written)
      : failure(`expected tracing client type to be http or grpc, but got ${written}`),
  format: (value) => value,
});

const fields = {
  client_type: given(clientType),
  endpoint: given(text),
  sampling_fraction: given(fraction),
  insecure: given(flag),
  tls_config: given(optionalStruct(tlsConfig)),
  headers: given(headers),
  compression: given(text),
  timeout: given(duration),
};

/** Where traces go. Durations in ms. */
export type TracingConfig = StructOf<typeof fields>;

/** `tracing` */
export const tracing = struct({
  name: 'tracing',
  fields,
  defaults: { client_type: 'grpc' },
  finish: (value, refuse) => {
    if (value.endpoint === '') refuse('tracing endpoint must be set');
    if (value.compression !== '' && value.compression !== 'gzip') {
      refuse(`invalid compression type ${value.compression} provided, valid options: gzip`, 'compression');
    }
    return value;
  },
});
