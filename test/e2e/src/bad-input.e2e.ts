import { connect, type Socket } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compress } from '@tandem/remote-write';
import { launchTandem, type TandemPeer, until } from '@tandem/testing';

import { Recorder } from './recorder.ts';
import { countOf } from './samples.ts';
import { metric } from './tandem-api.ts';
import { bodyOf, post, write } from './write-request.ts';

const MAX_BODY_BYTES = 64 * 1024;
const NOW = Date.now();

/** A snappy block that declares a length and has next to nothing. */
const declaring = (...length: readonly number[]): Uint8Array => Uint8Array.of(...length, 0x04, 0x61, 0x62);
/** Bytes that do not get smaller, so that the size is the size of the body. */
const noise = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, index) => (index * 7919) % 251);
const good = { metric: 'good', cluster: 'team1', replica: 'a' };
const goodBody = bodyOf({ ...good, timestampsMs: [NOW] });
const protobuf = (...bytes: readonly number[]): Uint8Array => compress(Uint8Array.from(bytes));

/** Bad requests: what is sent, and what has to be answered. */
const REFUSALS: readonly {
  readonly title: string;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly says: RegExp;
}[] = [
  {
    title: 'a content type of something else',
    headers: { 'content-type': 'application/json' },
    status: 415,
    says: /content type is "application\/json", not application\/x-protobuf/,
  },
  {
    title: 'an unknown protobuf message',
    headers: { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v9.Request' },
    status: 415,
    says: /unknown protobuf message "io\.prometheus\.write\.v9\.Request"/,
  },
  {
    title: 'an encoding other than snappy',
    headers: { 'content-encoding': 'zstd' },
    status: 415,
    says: /content encoding is "zstd", not snappy/,
  },
  {
    title: 'a tenant that is no name',
    headers: { 'x-scope-orgid': '../../etc' },
    status: 400,
    says: /the tenant may have/,
  },
  { title: 'an empty body', body: new Uint8Array(), status: 400, says: /snappy/ },
  { title: 'corrupt snappy', body: Uint8Array.of(16, 0xff, 0xff, 0xff, 0x01), status: 400, says: /snappy/ },
  {
    title: 'snappy in the stream format',
    body: Uint8Array.of(0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59),
    status: 400,
    says: /stream format of snappy/,
  },
  {
    title: 'a declared length of 4 GiB less a byte',
    body: declaring(0xff, 0xff, 0xff, 0xff, 0x0f),
    status: 400,
    says: /declared to be 4294967295 bytes long/,
  },
  {
    title: 'a declared length of 4 GiB',
    body: declaring(0x80, 0x80, 0x80, 0x80, 0x10),
    status: 400,
    says: /length of a snappy block/,
  },
  {
    title: 'a declared length the body cannot stand for',
    body: declaring(0x80, 0x80, 0x40),
    status: 400,
    says: /declares 1048576 bytes, more than/,
  },
  { title: 'protobuf that ends within a message', body: protobuf(0x0a, 0x7f, 0x01), status: 400, says: /./ },
  { title: 'bytes that are no protobuf', body: compress(noise(300)), status: 400, says: /./ },
  { title: 'a body over the limit', body: noise(MAX_BODY_BYTES + 1), status: 413, says: /too large/ },
];

describe('bad input, on a running tandem up', () => {
  let target: Recorder;
  let tandem: TandemPeer;
  beforeAll(async () => {
    target = await new Recorder().start();
    tandem = await launchTandem({
      command: 'up',
      config: `
ingest: { max_body_size: ${MAX_BODY_BYTES}B, max_inflight_size: 1MiB }
forward: { targets: [{ name: recorder, url: "${target.writeUrl}" }] }
`,
    });
  }, 60_000);
  afterAll(async () => {
    await tandem.stop();
    await target.stop();
  }, 60_000);

  test.each(REFUSALS)(
    '$title is answered $status, in words, and not with 2xx',
    async ({ body, headers, status, says }) => {
      const refusedBefore = await metric(tandem.url, 'tandem_ingest_refused_requests_total');
      const answer = await post(tandem.url, body ?? goodBody, headers ?? {});
      expect(answer.status).toBe(status);
      expect(answer.text).toMatch(says);
      expect(await metric(tandem.url, 'tandem_ingest_refused_requests_total')).toBe(refusedBefore + 1);
    },
  );

  test('a body over the limit is answered 413 too when its length was not announced', async () => {
    const chunks = Array.from({ length: 8 }, () => noise(MAX_BODY_BYTES / 4));
    const answer = await post(
      tandem.url,
      new ReadableStream({
        pull: (controller) => {
          const chunk = chunks.pop();
          if (chunk === undefined) controller.close();
          else controller.enqueue(chunk);
        },
      }),
    );
    expect(answer.status).toBe(413);
  });

  test('refusals of remote write 2.0 say that nothing was written', async () => {
    const answer = await post(tandem.url, protobuf(0x0a, 0x7f, 0x01), {
      'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-prometheus-remote-write-samples-written')).toBe('0');
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])('%s is answered 405, with what is allowed', async (method) => {
    const response = await fetch(`${tandem.url}/api/v1/write`, { method });
    await response.arrayBuffer();
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  test('what is no HTTP is answered 400 and the connection ended', async () => {
    const socket = await connected(tandem.url);
    socket.write('NONSENSE\r\n\r\n');
    expect(await everything(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('more bytes under way than there is room for are answered 503 with Retry-After, until there is room', async () => {
    const held: Socket[] = [];
    try {
      // Announced, and never sent: room is kept for them.
      for (let i = 0; i < 16; i++) held.push(await announcing(tandem.url, MAX_BODY_BYTES));
      const inFlight = () => metric(tandem.url, 'tandem_http_body_bytes_in_flight');
      await until(async () => (await inFlight()) === 16 * MAX_BODY_BYTES, { what: 'the room to be full' });
      const answer = await post(tandem.url, goodBody);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      for (const socket of held) socket.destroy();
      await until(async () => (await inFlight()) === 0, { what: 'the room to be given back' });
    } finally {
      for (const socket of held) socket.destroy();
    }
  });

  test('a good request is still taken afterwards, and is all that arrives', async () => {
    expect(target.labels).toEqual([]);
    const timestampsMs = [NOW, NOW + 1, NOW + 2];
    expect(await write(tandem.url, { ...good, timestampsMs })).toMatchObject({ status: 204, text: '' });
    await until(() => countOf(target.samples('team1')) >= 3, { what: 'the samples at the target' });
    expect([...target.samples('team1').values()]).toEqual([
      timestampsMs.map((timestampMs, value) => ({ timestampMs, value })),
    ]);
    expect(target.labels).not.toContain('__replica__');
  });
});

async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await new Promise((resolve) => socket.once('connect', resolve));
  // It is cut by the other side, or by the test.
  socket.on('error', () => undefined);
  return socket;
}

async function announcing(url: string, bytes: number): Promise<Socket> {
  const socket = await connected(url);
  const headers = ['host: tandem', 'content-type: application/x-protobuf', 'content-encoding: snappy'];
  socket.write(['POST /api/v1/write HTTP/1.1', ...headers, `content-length: ${bytes}`, '', ''].join('\r\n'));
  return socket;
}

async function everything(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
