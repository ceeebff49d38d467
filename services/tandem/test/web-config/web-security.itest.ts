import { copyFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type HttpServer } from '@tandem/server';
import { createMetrics, NO_LOGGER } from '@tandem/telemetry';
import { createCertificates, tempDir, until, type Certificates } from '@tandem/testing';
import { hashSync } from 'bcryptjs';

import { WebSecurity } from '../../src/web-config/web-security.ts';

const folder = tempDir('web-security');
const file = path.join(folder.path, 'web.yml');
let authority: Certificates;
const servers: HttpServer[] = [];

beforeAll(async () => {
  authority = await createCertificates(folder.path);
}, 60_000);
afterAll(async () => {
  for (const server of servers) await server.stop();
  await folder.remove();
});

async function serve(config: string): Promise<HttpServer> {
  writeFileSync(file, config);
  const server = createServer({
    listenAddress: { host: '127.0.0.1', port: 0 },
    routes: [],
    logger: NO_LOGGER,
    metrics: createMetrics({ version: '1', processMetrics: false }),
    stopDeadlineMs: 200,
    security: new WebSecurity(file, NO_LOGGER),
  });
  await server.start();
  servers.push(server);
  return server;
}

interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly issuedTo: string;
}

interface AskedWith {
  readonly client?: { readonly cert: string; readonly key: string };
  readonly auth?: string;
  readonly maxVersion?: 'TLSv1.2';
}

function ask(server: HttpServer, { client, ...rest }: AskedWith = {}): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const options = { ca: authority.ca, agent: false, ...rest, ...client };
    request(`${server.url}/-/healthy`, options, (response) => {
      response.resume();
      const socket = response.socket as { getPeerCertificate?: () => { serialNumber: string } };
      const issuedTo = socket.getPeerCertificate?.().serialNumber ?? '';
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, issuedTo }));
    })
      .on('error', reject)
      .end();
  });
}

const TLS = 'tls_server_config: { cert_file: server.crt, key_file: server.key';

describe('a server with a web configuration', () => {
  test('speaks TLS, and adds the headers asked for', async () => {
    const server = await serve(`${TLS} }\nhttp_server_config: { headers: { X-Frame-Options: deny } }`);
    expect(server.url).toMatch(/^https:/u);
    expect(await ask(server)).toMatchObject({ status: 200, headers: { 'x-frame-options': 'deny' } });
    await expect(fetch(server.url.replace('https', 'http'))).rejects.toThrow('fetch failed');
  });

  test('takes another certificate without a restart, and keeps the old one where the new one cannot be used', async () => {
    const server = await serve(
      'tls_server_config: { cert_file: own.crt, key_file: own.key }'.replaceAll('own', 'server'),
    );
    const before = await ask(server);
    writeFileSync(path.join(folder.path, 'server.crt'), 'nothing');
    expect(await ask(server)).toEqual(expect.objectContaining({ issuedTo: before.issuedTo }));
    copyFileSync(authority.client.certFile, path.join(folder.path, 'server.crt'));
    copyFileSync(authority.client.keyFile, path.join(folder.path, 'server.key'));
    await until(async () => (await ask(server)).issuedTo !== before.issuedTo, { what: 'the other certificate' });
  }, 30_000);

  test('turns clients away that have to show a certificate and do not', async () => {
    const server = await serve(`${TLS}, client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert }`);
    await expect(ask(server)).rejects.toThrow();
    expect(await ask(server, { client: authority.client })).toMatchObject({ status: 200 });
  });

  test('takes clients of the names that are allowed only', async () => {
    const start = `${TLS}, client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert, client_allowed_sans`;
    expect(await ask(await serve(`${start}: [localhost] }`), { client: authority.client })).toMatchObject({
      status: 200,
    });
    await expect(ask(await serve(`${start}: [example.org] }`), { client: authority.client })).rejects.toThrow();
  });

  test('speaks no TLS older than it is told', async () => {
    const server = await serve(`${TLS}, min_version: TLS13 }`);
    await expect(ask(server, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
    expect(await ask(server)).toMatchObject({ status: 200 });
  });

  test('speaks the cipher suites it is told, and TLS 1.3 beside them', async () => {
    const server = await serve(
      `${TLS}, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384], curve_preferences: [CurveP256] }`,
    );
    expect(await ask(server)).toMatchObject({ status: 200 });
    expect(await ask(server, { maxVersion: 'TLSv1.2' })).toMatchObject({ status: 200 });
  });

  test('asks for passwords on every path, and takes new ones without a restart', async () => {
    const users = (password: string): string => `basic_auth_users: { alice: "${hashSync(password, 4)}" }`;
    const server = await serve(`${TLS} }\n${users('one')}`);
    expect(await ask(server)).toMatchObject({ status: 401 });
    expect(await ask(server, { auth: 'alice:one' })).toMatchObject({ status: 200 });
    writeFileSync(file, `${TLS} }\n${users('two')}`);
    expect(await ask(server, { auth: 'alice:one' })).toMatchObject({ status: 401 });
    expect(await ask(server, { auth: 'alice:two' })).toMatchObject({ status: 200 });
    writeFileSync(file, 'nonsense');
    expect(await ask(server, { auth: 'alice:two' })).toMatchObject({ status: 200 });
  });
});
