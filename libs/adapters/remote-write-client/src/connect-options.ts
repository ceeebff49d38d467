import { readFileSync } from 'node:fs';
import { type buildConnector } from 'undici';
import { type RemoteWriteTls } from './options.ts';

/** How undici connects, from the options. @throws Error when a file cannot be read */
export function connectOptions(tls: RemoteWriteTls, timeoutMs: number): buildConnector.BuildOptions {
  return {
    timeout: timeoutMs,
    rejectUnauthorized: tls.insecureSkipVerify !== true,
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.caFile === undefined ? {} : { ca: readFileSync(tls.caFile) }),
    ...(tls.certFile === undefined ? {} : { cert: readFileSync(tls.certFile) }),
    ...(tls.keyFile === undefined ? {} : { key: readFileSync(tls.keyFile) }),
  };
}
