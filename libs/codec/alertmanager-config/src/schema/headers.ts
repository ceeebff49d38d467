import { list, mapOf, optional, texts } from '../yaml/collections.ts';
import { given, struct, type Refuse, type StructOf } from '../yaml/struct.ts';
import { type Type } from '../yaml/type.ts';
import { secret } from './values.ts';

/** Set by the client itself, or changing the connection. */
const RESERVED: ReadonlySet<string> = new Set([
  'Authorization',
  'Host',
  'Content-Encoding',
  'Content-Length',
  'Content-Type',
  'User-Agent',
  'Connection',
  'Keep-Alive',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'Www-Authenticate',
  'Accept-Encoding',
  'X-Prometheus-Remote-Write-Version',
  'X-Prometheus-Remote-Read-Version',
  'X-Prometheus-Scrape-Timeout-Seconds',
  'X-Amz-Date',
  'X-Amz-Security-Token',
  'X-Amz-Content-Sha256',
]);

const header = struct({
  name: 'http_headers',
  fields: { values: given(texts), secrets: given(list(secret)), files: given(texts) },
});

/** Values of one header. */
export type HeaderValues = StructOf<(typeof header)['fields']>;

/** Headers by name. */
export const headers: Type<ReadonlyMap<string, HeaderValues> | undefined> = optional(mapOf<HeaderValues>(header));

/** Refuses headers that a request may not be given. */
export function refuseReservedHeaders(named: ReadonlyMap<string, HeaderValues> | undefined, refuse: Refuse): void {
  for (const name of named?.keys() ?? []) {
    const canonical = canonicalHeader(name);
    if (RESERVED.has(canonical)) refuse(`setting header "${canonical}" is not allowed`, 'http_headers');
  }
}

/** `X-Request-Id` of any spelling; what is no header's name stays as it is. */
export function canonicalHeader(name: string): string {
  if (!/^[\w!#$%&'*+\-.^`|~]*$/.test(name)) return name;
  return name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase())
    .join('-');
}
