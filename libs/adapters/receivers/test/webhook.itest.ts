import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir, type TempDir } from '@tandem/testing';

import { Receiver } from './receiver.ts';
import { closeAll, send, sendBy, webhook } from './send.ts';

let receiver: Receiver;
let folder: TempDir;

beforeAll(() => {
  folder = tempDir('webhook');
});
afterAll(() => folder.remove());
beforeEach(async () => {
  receiver = await Receiver.listen();
});
afterEach(async () => {
  await closeAll();
  await receiver.close();
});

function file(name: string, text: string): string {
  const target = path.join(folder.path, name);
  writeFileSync(`${target}.new`, text);
  renameSync(`${target}.new`, target);
  return target;
}

describe('a webhook', () => {
  it('posts JSON as Alertmanager does', async () => {
    await expect(sendBy(`url: '${receiver.url('/hook?a=b')}'`)).resolves.toEqual({ outcome: 'sent', answer: '200 OK' });
    const { method, headers, body } = receiver.last('/hook?a=b');
    expect(method).toBe('POST');
    expect(headers).toMatchObject({ 'user-agent': 'Alertmanager/0.34.0', 'content-type': 'application/json' });
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
    expect(JSON.parse(body)).toMatchObject({ version: '4', receiver: 'ops', externalURL: 'http://am.example' });
  });

  it.each([
    [204, 'sent', undefined],
    [400, 'failed', 'clientError'],
    [401, 'failed', 'authError'],
    [403, 'failed', 'authError'],
    [404, 'failed', 'clientError'],
    [429, 'failed', 'rateLimited'],
    [304, 'failed', 'other'],
    [500, 'retry', 'serverError'],
    [503, 'retry', 'serverError'],
  ])('takes %d for %s, %s', async (status, outcome, reason) => {
    receiver.answer = () => ({ status });
    const result = await sendBy(`url: '${receiver.url('/')}'`);
    expect(result.outcome).toBe(outcome);
    expect('reason' in result ? result.reason : undefined).toBe(reason);
  });

  it('quotes what the receiver says, on one line and without what it should not know', async () => {
    receiver.answer = ({ url = '' }) => ({ status: 500, body: `no\n hook ${url}, nor pass-word${'x'.repeat(1000)}` });
    const url = receiver.url('/services/T000000001/tokentoken').replace('http://', 'http://user:pass-word@');
    const outcome = await sendBy(`url: '${url}'`);
    const begins = 'unexpected status code 500: no hook <secret>, nor <secret>xxx';
    expect(outcome).toMatchObject({ outcome: 'retry', message: expect.stringMatching(`^${begins}x+…$`) });
  });

  it('does not show the address of a receiver that cannot be reached', async () => {
    const url = receiver.url('/secret-hook');
    await receiver.close();
    const outcome = await sendBy(`url: '${url}'`);
    expect(outcome).toMatchObject({
      outcome: 'retry',
      reason: 'other',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(JSON.stringify(outcome)).not.toContain('secret-hook');
    receiver = await Receiver.listen();
  });

  it('gives up after its timeout, and at the end of the flush', async () => {
    receiver.answer = () => 'hang';
    const url = receiver.url('/');
    await expect(sendBy(`url: '${url}', timeout: 100ms`)).resolves.toEqual({
      outcome: 'retry',
      reason: 'other',
      message: 'no answer within the timeout of 100 ms',
    });
    await expect(send(webhook(`url: '${url}'`), AbortSignal.timeout(100))).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'contextDeadlineExceeded',
    });
    await expect(send(webhook(`url: '${url}'`), AbortSignal.abort())).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'contextCanceled',
    });
  });

  it('reads its URL from a file again when it has changed, without white space', async () => {
    const urlFile = file('url', ` ${receiver.url('/one')}\n`);
    const integration = webhook(`url_file: '${urlFile}'`);
    await expect(send(integration)).resolves.toMatchObject({ outcome: 'sent' });
    file('url', receiver.url('/two'));
    await expect(send(integration)).resolves.toMatchObject({ outcome: 'sent' });
    expect(receiver.received.map(({ url }) => url)).toEqual(['/one', '/two']);
    for (const text of ['http://{{ .Host }}/', 'ftp://a/', 'no url', '']) {
      file('url', text);
      await expect(send(integration)).resolves.toMatchObject({ outcome: 'failed', reason: 'other' });
    }
    await expect(sendBy("url_file: '/missing/url'")).resolves.toMatchObject({ outcome: 'failed', reason: 'other' });
  });
});

describe('http_config', () => {
  it('authorises by user and password, the password of a file that may change', async () => {
    const password = file('password', ' one\n');
    const basic = `basic_auth: {username: u, password_file: '${password}'}`;
    const integration = webhook(`url: '${receiver.url('/')}', http_config: {${basic}}`);
    await send(integration);
    file('password', 'other');
    await send(integration);
    expect(receiver.received.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${Buffer.from('u:one').toString('base64')}`,
      `Basic ${Buffer.from('u:other').toString('base64')}`,
    ]);
  });

  it.each([
    ['authorization: {type: Token, credentials: abc}', 'Token abc'],
    ['authorization: {credentials: abc}', 'Bearer abc'],
    ['bearer_token: abc', 'Bearer abc'],
  ])('authorises by %s', async (http, authorization) => {
    await sendBy(`url: '${receiver.url('/')}', http_config: {${http}}`);
    expect(receiver.last('/').headers.authorization).toBe(authorization);
  });

  it('goes by the user of the URL first, as upstream does', async () => {
    const url = receiver.url('/').replace('http://', 'http://u2:p2@');
    await sendBy(`url: '${url}', http_config: {basic_auth: {username: u, password: p}}`);
    expect(receiver.last('/').headers.authorization).toBe(`Basic ${Buffer.from('u2:p2').toString('base64')}`);
  });

  it('sends headers: values, secrets and files in this order', async () => {
    const secret = file('header', 'from-file\n');
    const headers = `http_headers: {X-My: {values: [v1, v2], secrets: [s1], files: ['${secret}']}}`;
    await sendBy(`url: '${receiver.url('/')}', http_config: {${headers}}`);
    expect(receiver.last('/').headers['x-my']).toBe('v1, v2, s1, from-file');
  });

  it('tries again later where a file of it cannot be read', async () => {
    const basic = "basic_auth: {username: u, password_file: '/missing/password'}";
    await expect(sendBy(`url: '${receiver.url('/')}', http_config: {${basic}}`)).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'other',
    });
    expect(receiver.received).toEqual([]);
  });
});

describe('redirections', () => {
  const SECRETS = `http_config: {authorization: {credentials: token-1}, http_headers: {X-Open: {values: [o]}, X-Secret: {secrets: [s]}}}`;

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'body'],
    [308, 'POST', 'body'],
  ])('of %d are followed by %s', async (status, method, body) => {
    receiver.answer = ({ url }) => (url === '/' ? { status, headers: { location: '/next' } } : { status: 200 });
    await expect(sendBy(`url: '${receiver.url('/')}'`)).resolves.toMatchObject({ outcome: 'sent' });
    const next = receiver.last('/next');
    expect(next.method).toBe(method);
    expect(next.body).toBe(body === '' ? '' : receiver.last('/').body);
    expect(next.headers).not.toHaveProperty('referer');
  });

  it('within a host take the credentials along, to another host only what is no secret', async () => {
    receiver.answer = ({ url = '' }) => {
      const location = { '/in': '/next', '/out': receiver.url('/next', 'localhost') }[url];
      return location === undefined ? { status: 200 } : { status: 307, headers: { location } };
    };
    await sendBy(`url: '${receiver.url('/in')}', ${SECRETS}`);
    expect(receiver.last('/next').headers).toMatchObject({
      authorization: 'Bearer token-1',
      'x-open': 'o',
      'x-secret': 's',
    });
    await sendBy(`url: '${receiver.url('/out')}', ${SECRETS}`);
    const { headers } = receiver.last('/next');
    expect(headers).toMatchObject({ 'x-open': 'o' });
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('x-secret');
  });

  it('end after ten, and are not followed where that is forbidden', async () => {
    receiver.answer = () => ({ status: 307, headers: { location: '/again' } });
    await expect(sendBy(`url: '${receiver.url('/')}'`)).resolves.toMatchObject({
      outcome: 'retry',
      message: 'cannot reach the receiver: stopped after 10 redirects',
    });
    expect(receiver.received).toHaveLength(11);
    const forbidden = `url: '${receiver.url('/')}', http_config: {follow_redirects: false}`;
    await expect(sendBy(forbidden)).resolves.toMatchObject({ outcome: 'failed', reason: 'other' });
    expect(receiver.received).toHaveLength(12);
  });
});
