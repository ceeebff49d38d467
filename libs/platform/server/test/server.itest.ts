import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';
import { createMetrics, NO_LOGGER } from '@tandem/telemetry';

import { createServer, type Handler, type HttpServer, type ServerOptions } from '../src/index.ts';

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function serve(options: Partial<ServerOptions> = {}): Promise<{ server: HttpServer; url: string }> {
  const server = createServer({
    listenAddress: { host: '127.0.0.1', port: 0 },
    routes: [],
    logger: NO_LOGGER,
    metrics: createMetrics({ version: '1', processMetrics: false }),
    stopDeadlineMs: 200,
    ...options,
  });
  await server.start();
  cleanups.push(() => server.stop());
  return { server, url: server.url };
}

/** Answers with the length of the body, or what is said instead. */
const measure: Handler = async (request) => {
  const body = await request.readBody();
  return body.outcome === 'read' ? { status: 200, body: `${body.bytes.length}\n` } : body.response;
};

const post = (handler: Handler, path = '/write') => ({ method: 'POST' as const, path, handler });

async function raw(server: HttpServer, text: string): Promise<Socket> {
  const socket = connect(server.address?.port ?? 0, '127.0.0.1');
  cleanups.push(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** Everything a socket says until it has said something that fits, or ends. */
async function said(socket: Socket, pattern?: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (pattern?.test(text) === true) break;
  }
  return text;
}

async function value(url: string, metric: string): Promise<string | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .find((line) => line.startsWith(metric))
    ?.split(' ')
    .at(-1);
}

/** A promise that is settled from outside. */
function gate<Value = void>() {
  let open: (value: Value) => void = () => undefined;
  const opened = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('routes', () => {
  test('answers, with the actual port at hand', async () => {
    const { server, url } = await serve({ routes: [post(measure)] });
    expect(server.address?.port).toBeGreaterThan(0);
    const response = await fetch(`${url}/write?x=1`, { method: 'POST', body: 'hello' });
    expect([response.status, await response.text()]).toEqual([200, '5\n']);
    expect(response.headers.get('content-type')).toContain('text/plain');
  });

  test('404 and 405 with Allow', async () => {
    const { url } = await serve({ routes: [post(measure)] });
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    const wrong = await fetch(`${url}/write`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('a handler that throws is answered 500 without its words, one that is retryable 503 with Retry-After', async () => {
    const failing =
      (error: Error): Handler =>
      () => {
        throw error;
      };
    const { url } = await serve({
      routes: [
        post(failing(new Error('the password is hunter2')), '/a'),
        post(failing(Object.assign(new Error('x'), { retryable: true })), '/b'),
      ],
    });
    const broken = await fetch(`${url}/a`, { method: 'POST' });
    expect([broken.status, await broken.text()]).toEqual([500, 'internal error\n']);
    const busy = await fetch(`${url}/b`, { method: 'POST' });
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '5']);
  });

  test('compresses where asked, and only text that is worth it', async () => {
    const body = 'sample '.repeat(1000);
    const get = (path: string, length: number) => ({
      method: 'GET' as const,
      path,
      handler: () => ({ status: 200, body: body.slice(0, length) }),
    });
    const { server, url } = await serve({ routes: [get('/long', 7000), get('/short', 70)] });
    const long = await fetch(`${url}/long`);
    expect([long.headers.get('content-encoding'), (await long.text()).length]).toEqual(['gzip', 7000]);
    expect((await fetch(`${url}/short`)).headers.get('content-encoding')).toBeNull();
    const refused = await raw(
      server,
      'GET /long HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip;q=0\r\nconnection: close\r\n\r\n',
    );
    expect(await said(refused)).not.toContain('content-encoding');
  });

  test('HEAD has the headers of GET and no body', async () => {
    const { server } = await serve();
    const socket = await raw(server, 'HEAD /-/healthy HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const text = await said(socket);
    expect(text).toMatch(/^HTTP\/1\.1 200 .*content-length: 19\r\n/su);
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });
});

describe('bodies', () => {
  test('a declared length of 4 GiB is refused before anything is read', async () => {
    const { server, url } = await serve({ routes: [post(measure)] });
    const socket = await raw(server, 'POST /write HTTP/1.1\r\nhost: x\r\ncontent-length: 4294967296\r\n\r\n');
    expect(await said(socket, /too large/u)).toMatch(/^HTTP\/1\.1 413 /u);
    socket.destroy();
    expect(await value(url, 'tandem_http_bodies_refused_total{route="/write",reason="too-large"}')).toBe('1');
    expect(await value(url, 'tandem_http_body_bytes_in_flight ')).toBe('0');
  });

  test('a chunked body is refused as soon as it is over the limit', async () => {
    const { server } = await serve({ routes: [{ ...post(measure), maxBodyBytes: 10 }] });
    const socket = await raw(server, 'POST /write HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    socket.write(`8\r\n12345678\r\n8\r\n12345678\r\n`);
    expect(await said(socket, /too large/u)).toMatch(/^HTTP\/1\.1 413 /u);
  });

  test('no room among the bytes in flight is 503 with Retry-After, until they are given back', async () => {
    const entered = gate();
    const leave = gate();
    const held: Handler = async (request) => {
      const answer = await measure(request);
      entered.open();
      await leave.opened;
      return answer;
    };
    const { url } = await serve({ routes: [post(measure), post(held, '/held')], maxBytesInFlight: 100 });
    const first = fetch(`${url}/held`, { method: 'POST', body: 'x'.repeat(80) });
    await entered.opened;
    expect(await value(url, 'tandem_http_body_bytes_in_flight ')).toBe('80');
    const refused = await fetch(`${url}/write`, { method: 'POST', body: 'x'.repeat(30) });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await fetch(`${url}/write`, { method: 'POST', body: 'x'.repeat(20) })).status).toBe(200);
    leave.open();
    await first;
    expect((await fetch(`${url}/write`, { method: 'POST', body: 'x'.repeat(100) })).status).toBe(200);
    expect(await value(url, 'tandem_http_body_bytes_in_flight ')).toBe('0');
  });

  test('what a handler reserves counts as well, and is given back', async () => {
    const { url } = await serve({
      routes: [post((request) => request.reserve(80) ?? request.reserve(30) ?? { status: 204 })],
      maxBytesInFlight: 100,
    });
    expect((await fetch(`${url}/write`, { method: 'POST' })).status).toBe(503);
    expect(await value(url, 'tandem_http_body_bytes_in_flight ')).toBe('0');
  });

  test('a client that asks first is told to go on, or refused without sending', async () => {
    const { server } = await serve({ routes: [{ ...post(measure), maxBodyBytes: 10 }] });
    const head = (length: number) =>
      `POST /write HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;
    const allowed = await raw(server, head(5));
    expect(await said(allowed, /\r\n\r\n/u)).toMatch(/^HTTP\/1\.1 100 /u);
    allowed.write('hello');
    expect(await said(allowed, /5\n/u)).toMatch(/^HTTP\/1\.1 200 /u);
    expect(await said(await raw(server, head(50)), /too large/u)).toMatch(/^HTTP\/1\.1 413 /u);
  });

  test('a client that goes away aborts its request, and its bytes are given back', async () => {
    const reading = gate();
    const outcome = gate<string>();
    const handler: Handler = async (request) => {
      const { signal } = request;
      const body = request.readBody();
      reading.open();
      const result = await body;
      outcome.open(`${result.outcome === 'refused' ? result.reason : 'read'} ${String(signal.aborted)}`);
      return { status: 204 };
    };
    const { server, url } = await serve({ routes: [post(handler)] });
    const socket = await raw(server, 'POST /write HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc');
    await reading.opened;
    socket.destroy();
    expect(await outcome.opened).toBe('aborted true');
    expect(await value(url, 'tandem_http_body_bytes_in_flight ')).toBe('0');
    expect(await value(url, 'tandem_http_requests_total{route="/write",method="POST",status="aborted"}')).toBe('1');
  });
});

describe('bad clients', () => {
  test('what is no HTTP is answered 400, headers too large 431', async () => {
    const { server, url } = await serve({ maxHeaderBytes: 1024 });
    expect(await said(await raw(server, 'hello\r\n\r\n'))).toMatch(/^HTTP\/1\.1 400 /u);
    const large = `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(4000)}\r\n\r\n`;
    expect(await said(await raw(server, large))).toMatch(/^HTTP\/1\.1 431 /u);
    expect(await value(url, 'tandem_http_client_errors_total{reason="malformed"}')).toBe('1');
  });

  test('a client that does not send its request in time is answered 408', async () => {
    const { server } = await serve({ headersTimeoutMs: 50, requestTimeoutMs: 50, routes: [post(measure)] });
    expect(await said(await raw(server, 'POST /write HTTP/1.1\r\nhost'))).toMatch(/^HTTP\/1\.1 408 /u);
  });
});

describe('health', () => {
  test('ready when every check is, and otherwise why not', async () => {
    let reason: string | undefined = 'cannot be reached';
    const { server, url } = await serve({ readiness: { log: () => reason }, readinessTimeoutMs: 20 });
    server.addReadiness('lease', () => Promise.reject(new Error('refused')));
    server.addReadiness('view', () => new Promise(() => undefined));
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    const not = await fetch(`${url}/-/ready`);
    expect([not.status, await not.text()]).toEqual([
      503,
      'Tandem is not ready.\nlog: cannot be reached\nlease: refused\nview: no answer within 20 ms\n',
    ]);
    reason = undefined;
    server.addReadiness('lease', () => undefined);
    server.addReadiness('view', () => undefined);
    expect((await fetch(`${url}/-/ready`)).status).toBe(200);
  });
});

describe('start and stop', () => {
  test('an address in use is an error with a code and the address', async () => {
    const { server } = await serve();
    const second = serve({ listenAddress: server.address ?? { host: '', port: 0 } });
    await expect(second).rejects.toMatchObject({
      code: 'TANDEM_SERVER_ADDRESS_IN_USE',
      message: `cannot listen on "127.0.0.1:${server.address?.port ?? 0}"`,
    });
  });

  test('an address that is not of this machine is an error with a code', async () => {
    const elsewhere = serve({ listenAddress: { host: '192.0.2.1', port: 0 } });
    await expect(elsewhere).rejects.toMatchObject({ code: 'TANDEM_SERVER_ADDRESS' });
  });

  test('a stop finishes what is under way, says goodbye, and closes idle and unused connections', async () => {
    const entered = gate();
    const leave = gate();
    const slow: Handler = async () => {
      entered.open();
      await leave.opened;
      return { status: 200, body: 'done\n' };
    };
    const { server, url } = await serve({ routes: [post(slow)], stopDeadlineMs: 5000 });
    const unused = await raw(server, '');
    const idle = await raw(server, 'GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n');
    await said(idle, /healthy/u);
    const answer = fetch(`${url}/write`, { method: 'POST' });
    await entered.opened;
    const stopped = server.stop();
    await Promise.all([said(unused), said(idle)]);
    await expect(fetch(`${url}/-/healthy`)).rejects.toThrow();
    leave.open();
    const response = await answer;
    expect([await response.text(), response.headers.get('connection')]).toEqual(['done\n', 'close']);
    await stopped;
  });

  test('what is not finished in time is cut, and its signal aborts', async () => {
    const entered = gate();
    const aborted = gate();
    const stuck: Handler = (request) => {
      request.signal.addEventListener('abort', () => aborted.open());
      entered.open();
      return new Promise(() => undefined);
    };
    const { server, url } = await serve({ routes: [post(stuck)], stopDeadlineMs: 20 });
    const answer = fetch(`${url}/write`, { method: 'POST' }).catch(() => 'cut');
    await entered.opened;
    await server.stop();
    await aborted.opened;
    expect(await answer).toBe('cut');
  });

  test('stopping twice, or before the start, is no trouble', async () => {
    const { server } = await serve();
    expect(server.stop()).toBe(server.stop());
    await server.stop();
    const metrics = createMetrics({ version: '1', processMetrics: false });
    const unstarted = createServer({ listenAddress: { host: '', port: 0 }, routes: [], logger: NO_LOGGER, metrics });
    await unstarted.stop();
    expect(unstarted.address).toBeUndefined();
    expect(() => unstarted.url).toThrow('not started');
  });
});

describe('several addresses', () => {
  test('one server answers on all of them, and its first is its address', async () => {
    const { server } = await serve({ furtherAddresses: [{ host: '127.0.0.1', port: 0 }], routes: [post(measure)] });
    const ports = server.addresses.map(({ port }) => port);
    expect(new Set(ports).size).toBe(2);
    expect(server.address).toEqual(server.addresses[0]);
    for (const port of ports) expect((await fetch(`http://127.0.0.1:${port}/-/healthy`)).status).toBe(200);
    await server.stop();
    for (const port of ports) await expect(fetch(`http://127.0.0.1:${port}/-/healthy`)).rejects.toThrow('fetch failed');
  });
});

describe('routes of its own', () => {
  test('give way to those of the same path, and stand behind the prefix', async () => {
    const ok = { method: 'GET' as const, path: '/am/-/healthy', handler: () => ({ status: 200, body: 'OK' }) };
    const { url } = await serve({ routes: [ok], routePrefix: '/am' });
    expect(await (await fetch(`${url}/am/-/healthy`)).text()).toBe('OK');
    expect((await fetch(`${url}/am/-/ready`)).status).toBe(200);
    expect((await fetch(`${url}/-/ready`)).status).toBe(404);
  });
});
