import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RemoteWriteClient, type RemoteWriteClientOptions } from '../src/index.ts';
import { Target } from './target.ts';

const BODY = Buffer.from('a snappy block');

let target: Target;
let folder: string;
let clients: RemoteWriteClient[];

function clientOf(options: Partial<RemoteWriteClientOptions> = {}): RemoteWriteClient {
  const client = new RemoteWriteClient({ url: target.url, ...options });
  clients.push(client);
  return client;
}

beforeEach(async () => {
  target = await Target.listen();
  folder = await mkdtemp(join(tmpdir(), 'tandem-client-'));
  clients = [];
});

afterEach(async () => {
  await target.close();
  await Promise.all(clients.map((client) => client.close()));
  await rm(folder, { recursive: true, force: true });
});

describe('a request', () => {
  it('is a POST of the body as it is, with the headers of 1.0', async () => {
    await expect(clientOf({ userAgent: 'tandem/1' }).send({ body: BODY, protocol: 'v1' })).resolves.toEqual({
      outcome: 'delivered',
      status: 204,
    });
    expect(target.received).toHaveLength(1);
    expect(target.received[0]).toMatchObject({ method: 'POST', url: '/api/v1/write?tenant=x', body: BODY });
    expect(target.received[0]?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'content-length': String(BODY.length),
      'user-agent': 'tandem/1',
      'x-prometheus-remote-write-version': '0.1.0',
    });
    expect(target.received[0]?.headers).not.toHaveProperty('retry-attempt');
    expect(target.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('has the headers of 2.0 for a 2.0 body', async () => {
    await clientOf().send({ body: BODY, protocol: 'v2' });
    expect(target.received[0]?.headers).toMatchObject({
      'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
      'x-prometheus-remote-write-version': '2.0.0',
    });
  });

  it("has the operator's headers, but for those that are the protocol's", async () => {
    await clientOf({ headers: { 'X-Scope-OrgID': 'team', 'Content-Type': 'text/plain' } }).send({
      body: BODY,
      protocol: 'v1',
      attempt: 3,
    });
    expect(target.received[0]?.headers).toMatchObject({
      'x-scope-orgid': 'team',
      'content-type': 'application/x-protobuf',
      'retry-attempt': '3',
    });
  });

  it("refuses to be made with headers that are the connection's, or none", () => {
    expect(() => clientOf({ headers: { 'Content-Length': '5' } })).toThrow('cannot send header "Content-Length"');
    expect(() => clientOf({ headers: { 'x-a': 'b\nc: d' } })).toThrow('Invalid character in header content');
    expect(() => clientOf({ url: 'not an address' })).toThrow('Invalid URL');
  });

  it('uses its connection again', async () => {
    const client = clientOf({ maxConnections: 1 });
    for (const reply of [204, 400, 503, 204]) {
      target.reply = { status: reply, body: reply === 204 ? '' : 'x'.repeat(10_000) };
      await client.send({ body: BODY, protocol: 'v1' });
    }
    expect(target.connections).toBe(1);
  });
});

describe('authorisation', () => {
  const authorizationOf = (index: number): string | undefined => target.received[index]?.headers.authorization;

  it('is basic, from the options or the address', async () => {
    await clientOf({ auth: { kind: 'basic', username: 'u', password: 'p:ä' } }).send({ body: BODY, protocol: 'v1' });
    await clientOf({ url: target.url.replace('//', '//u:p%40@') }).send({ body: BODY, protocol: 'v1' });
    expect(authorizationOf(0)).toBe(`Basic ${Buffer.from('u:p:ä').toString('base64')}`);
    expect(authorizationOf(1)).toBe(`Basic ${Buffer.from('u:p@').toString('base64')}`);
  });

  it('is read again when its file changes', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'first\n');
    const client = clientOf({ auth: { kind: 'bearer', tokenFile } });
    await client.send({ body: BODY, protocol: 'v1' });
    await writeFile(tokenFile, 'the second\n');
    await client.send({ body: BODY, protocol: 'v1' });
    expect([authorizationOf(0), authorizationOf(1)]).toEqual(['Bearer first', 'Bearer the second']);
  });

  it('takes the password of basic from a file too', async () => {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'secret\n');
    await clientOf({ auth: { kind: 'basic', username: 'u', passwordFile } }).send({ body: BODY, protocol: 'v1' });
    expect(authorizationOf(0)).toBe(`Basic ${Buffer.from('u:secret').toString('base64')}`);
  });

  it('that cannot be read is no reason to send without, or to drop', async () => {
    const client = clientOf({ auth: { kind: 'bearer', tokenFile: join(folder, 'missing') } });
    await expect(client.send({ body: BODY, protocol: 'v1' })).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'credentials',
    });
    expect(target.received).toHaveLength(0);
  });

  it('is in no outcome and in no print of the client', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'hush\r\nhush');
    const client = clientOf({ auth: { kind: 'bearer', tokenFile }, headers: { 'x-key': 'hush' } });
    const outcome = await client.send({ body: BODY, protocol: 'v1' });
    expect(outcome.outcome).toBe('retry');
    expect(JSON.stringify(outcome)).not.toContain('hush');
    expect(inspect(client, { depth: 10, showHidden: true })).not.toContain('hush');
  });
});

describe('what goes wrong', () => {
  it('is told with the first of what the target says', async () => {
    target.reply = { status: 400, body: `out of order\n\u001b[31m${'x'.repeat(1_000_000)}` };
    const outcome = await clientOf().send({ body: BODY, protocol: 'v1' });
    expect(outcome).toMatchObject({ outcome: 'refused', status: 400 });
    expect('message' in outcome && outcome.message).toMatch(/^the target answered 400: out of order \[31mx{200,300}…$/);
  });

  it('does not follow redirects', async () => {
    target.reply = { status: 307, headers: { location: '/elsewhere' } };
    await expect(clientOf().send({ body: BODY, protocol: 'v1' })).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'not-accepted',
      status: 307,
    });
    expect(target.received).toHaveLength(1);
  });

  it('passes on how long to wait', async () => {
    target.reply = { status: 503, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' } };
    const client = clientOf({ now: () => Date.UTC(2026, 0, 1) });
    await expect(client.send({ body: BODY, protocol: 'v1' })).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'server-error',
      retryAfterMs: 10_000,
    });
  });

  it('is tried again when the connection breaks', async () => {
    target.reply = 'reset';
    const client = clientOf();
    await expect(client.send({ body: BODY, protocol: 'v1' })).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'network',
    });
    target.reply = { status: 204 };
    await expect(client.send({ body: BODY, protocol: 'v1' })).resolves.toMatchObject({ outcome: 'delivered' });
  });

  it('is tried again when nobody listens', async () => {
    const { url } = target;
    await target.close();
    const outcome = await clientOf({ url }).send({ body: BODY, protocol: 'v1' });
    expect(outcome).toMatchObject({ outcome: 'retry', reason: 'network' });
    expect('message' in outcome && outcome.message).toContain('ECONNREFUSED');
  });

  it('is tried again when the answer takes too long', async () => {
    target.reply = 'hang';
    await expect(clientOf({ timeoutMs: 50 }).send({ body: BODY, protocol: 'v1' })).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'timeout',
      message: 'no answer within 50 ms',
    });
  });

  it('ends when the caller gives up, before and during', async () => {
    target.reply = 'hang';
    const client = clientOf();
    const given = new AbortController();
    const pending = client.send({ body: BODY, protocol: 'v1', signal: given.signal });
    given.abort();
    const aborted = { outcome: 'retry', reason: 'aborted' };
    await expect(pending).resolves.toMatchObject(aborted);
    await expect(client.send({ body: BODY, protocol: 'v1', signal: given.signal })).resolves.toMatchObject(aborted);
  });

  it('is an outcome even after the client was closed', async () => {
    const client = clientOf();
    await client.close();
    await expect(client.send({ body: BODY, protocol: 'v1' })).resolves.toMatchObject({ outcome: 'retry' });
  });
});
