import { copyFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createCertificates, tempDir, type Certificates, type TempDir } from '@tandem/testing';

import { HttpProxy } from './http-proxy.ts';
import { Receiver } from './receiver.ts';
import { closeAll, send, sendBy, webhook } from './send.ts';

let folder: TempDir;
let certificates: Certificates;
let proxy: HttpProxy;
let plain: Receiver;
let secure: Receiver;
/** Asks for a certificate of the client. */
let mutual: Receiver;

beforeAll(async () => {
  folder = tempDir('receivers-tls');
  certificates = await createCertificates(folder.path);
  const { ca, server } = certificates;
  const tls = { key: server.key, cert: server.cert };
  proxy = await HttpProxy.listen();
  plain = await Receiver.listen();
  secure = await Receiver.listen({ tls, http2: true });
  mutual = await Receiver.listen({ tls: { ...tls, ca, requestCert: true, rejectUnauthorized: true } });
});
afterAll(async () => {
  await Promise.all([proxy, plain, secure, mutual].map((server) => server.close()));
  await folder.remove();
});
afterEach(async () => {
  proxy.asked.length = 0;
  await closeAll();
});

/** A webhook to a receiver, with the inside of its `http_config`. */
function to(receiver: Receiver, http: string): string {
  return `url: '${receiver.url('/hook')}', http_config: {${http}}`;
}

function trusting(more = ''): string {
  return `tls_config: {ca_file: '${certificates.caFile}'${more}}`;
}

describe('TLS', () => {
  it('speaks HTTP/2 where it may and the receiver can', async () => {
    await expect(sendBy(to(secure, trusting()))).resolves.toMatchObject({ outcome: 'sent' });
    expect(secure.last('/hook')).toMatchObject({ version: '2.0', method: 'POST' });
    expect(JSON.parse(secure.last('/hook').body)).toMatchObject({ version: '4' });
    await expect(sendBy(to(secure, `enable_http2: false, ${trusting()}`))).resolves.toMatchObject({ outcome: 'sent' });
    expect(secure.last('/hook').version).toBe('1.1');
  });

  it('does not trust an authority it was not told of, unless told not to look', async () => {
    await expect(sendBy(to(secure, ''))).resolves.toMatchObject({ outcome: 'retry', reason: 'other' });
    const blind = 'tls_config: {insecure_skip_verify: true}';
    await expect(sendBy(to(secure, blind))).resolves.toMatchObject({ outcome: 'sent' });
  });

  it('does not take a certificate of another name', async () => {
    await expect(sendBy(to(secure, trusting(', server_name: elsewhere.example')))).resolves.toMatchObject({
      outcome: 'retry',
    });
    await expect(sendBy(to(secure, trusting(', server_name: localhost')))).resolves.toMatchObject({ outcome: 'sent' });
  });

  it('keeps to the versions it is allowed', async () => {
    const tls = { key: certificates.server.key, cert: certificates.server.cert };
    const old = await Receiver.listen({ tls: { ...tls, maxVersion: 'TLSv1.2' } });
    await expect(sendBy(to(old, trusting(', min_version: TLS13')))).resolves.toMatchObject({ outcome: 'retry' });
    await expect(sendBy(to(old, trusting(', max_version: TLS12')))).resolves.toMatchObject({ outcome: 'sent' });
    await old.close();
  });

  it('shows its certificate, and another one when the files have changed', async () => {
    const own = { cert: path.join(folder.path, 'own.pem'), key: path.join(folder.path, 'own.key') };
    // At first a certificate that the receiver’s authority has not made.
    copyFileSync(certificates.caFile, own.cert);
    const shown = trusting(`, cert_file: '${own.cert}', key_file: '${own.key}'`);
    const { client } = certificates;
    copyFileSync(client.certFile, own.cert);
    copyFileSync(client.keyFile, own.key);
    const integration = webhook(to(mutual, shown));
    await expect(send(integration)).resolves.toMatchObject({ outcome: 'sent' });
    copyFileSync(certificates.caFile, own.cert);
    await expect(send(integration)).resolves.toMatchObject({ outcome: 'retry' });
    copyFileSync(client.certFile, own.cert);
    await expect(send(integration)).resolves.toMatchObject({ outcome: 'sent' });
    await expect(sendBy(to(mutual, trusting()))).resolves.toMatchObject({ outcome: 'retry' });
  });
});

describe('tokens', () => {
  it('are asked for by TLS and a proxy of their own', async () => {
    secure.answer = () => ({ status: 200, body: '{"access_token": "t-1"}' });
    const ways = `tls_config: {ca_file: '${certificates.caFile}'}, proxy_url: 'http://${proxy.address}'`;
    const oauth2 = `oauth2: {client_id: i, client_secret: s, token_url: '${secure.url('/token')}', ${ways}}`;
    await expect(sendBy(to(plain, oauth2))).resolves.toMatchObject({ outcome: 'sent' });
    expect(plain.last('/hook').headers.authorization).toBe('Bearer t-1');
    expect(proxy.asked).toMatchObject([{ method: 'CONNECT' }]);
    secure.answer = () => ({ status: 200 });
  });
});

describe('a proxy', () => {
  it('passes on what is plain, and is told who asks', async () => {
    const by = `proxy_url: 'http://pu:p%40p@${proxy.address}', proxy_connect_header: {X-Pc: [a]}`;
    await expect(sendBy(to(plain, by))).resolves.toMatchObject({ outcome: 'sent' });
    const [asked] = proxy.asked;
    expect(asked).toMatchObject({ method: 'POST', url: plain.url('/hook') });
    expect(asked?.headers['proxy-authorization']).toBe(`Basic ${Buffer.from('pu:p@p').toString('base64')}`);
    expect(asked?.headers).not.toHaveProperty('x-pc');
  });

  it('opens tunnels to what is not, with the headers that are meant for it', async () => {
    const by = `proxy_url: 'http://${proxy.address}', proxy_connect_header: {X-Pc: [a, b]}`;
    await expect(sendBy(to(secure, `${by}, ${trusting()}`))).resolves.toMatchObject({ outcome: 'sent' });
    expect(proxy.asked).toMatchObject([
      { method: 'CONNECT', url: new URL(secure.url('/')).host, headers: { 'x-pc': 'a, b' } },
    ]);
    expect(secure.last('/hook').headers).not.toHaveProperty('x-pc');
  });

  it('is passed by for what no_proxy names', async () => {
    const by = `proxy_url: 'http://${proxy.address}', no_proxy: example.org`;
    await expect(sendBy(to(plain, by))).resolves.toMatchObject({ outcome: 'sent' });
    expect(proxy.asked).toEqual([]);
  });

  it('comes from the environment where that is asked for', async () => {
    const url = plain.url('/hook', 'receiver.example');
    const environment = { HTTP_PROXY: proxy.address };
    const outcome = await sendBy(`url: '${url}', http_config: {proxy_from_environment: true}`, environment);
    // No such host: the proxy says so, not the resolver.
    expect(outcome).toMatchObject({ outcome: 'retry', reason: 'serverError' });
    expect(proxy.asked).toMatchObject([{ method: 'POST', url }]);
  });

  it('may be spoken to by TLS itself', async () => {
    const { server } = certificates;
    const safe = await HttpProxy.listen({ key: server.key, cert: server.cert });
    const by = `proxy_url: 'https://${safe.address}', ${trusting()}`;
    await expect(sendBy(to(secure, by))).resolves.toMatchObject({ outcome: 'sent' });
    await expect(sendBy(to(plain, by))).resolves.toMatchObject({ outcome: 'sent' });
    expect(safe.asked.map(({ method }) => method)).toEqual(['CONNECT', 'CONNECT']);
    await closeAll();
    await safe.close();
  });

  it('that refuses is no answer of the receiver', async () => {
    const { address } = proxy;
    await expect(
      sendBy(`url: 'https://127.0.0.1:1/hook', http_config: {proxy_url: 'http://${address}'}`),
    ).resolves.toMatchObject({ outcome: 'retry', reason: 'other' });
  });
});
