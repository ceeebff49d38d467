import { type Server } from 'node:net';

import { TandemError } from '@tandem/errors';

import { type ListenAddress } from './options.ts';

/** Connections that wait to be accepted, at most (the system may allow fewer). */
const BACKLOG = 1024;

/** Listens, and gives the actual address. @throws {TandemError} with the address, when it cannot be listened on */
export function listen(server: Server, { host, port }: ListenAddress): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const code = error.code === 'EADDRINUSE' ? 'TANDEM_SERVER_ADDRESS_IN_USE' : 'TANDEM_SERVER_ADDRESS';
      const message = `cannot listen on "${addressText({ host, port })}"`;
      reject(new TandemError(code, message, { cause: error, context: { host, port } }));
    };
    server.once('error', onError);
    server.listen({ port, backlog: BACKLOG, ...(host === '' ? {} : { host }) }, () => {
      server.off('error', onError);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? { host: bound.address, port: bound.port } : { host, port });
    });
  });
}

/** `127.0.0.1:9460`, `[::1]:9460`. */
export function addressText({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A URL that reaches the address from this machine. */
export function localUrl({ host, port }: ListenAddress, scheme = 'http'): string {
  const reachable = host === '' || host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host;
  return `${scheme}://${addressText({ host: reachable, port })}`;
}
