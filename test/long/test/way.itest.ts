import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compress, encode, REQUEST_HEADERS } from '@tandem/remote-write';

import { Recording } from '../src/record/recording.ts';
import { Way } from '../src/way/way.ts';

const NOW = 1_780_000_000_000;
const LABELS = [
  { name: '__name__', value: 'load_steady_total' },
  { name: '__replica__', value: 'a' },
];

describe('the way to ingest', () => {
  let ingest: Server;
  let ingestUrl = '';
  let status = 204;
  let requests = 0;
  let recording: Recording;
  let way: Way;

  const open = async (offsetMs: number): Promise<void> => {
    way = await new Way({ replica: 'a', ingestUrl, offsetMs, recording }).start();
  };
  const send = async (url: string): Promise<number> => {
    const body = compress(encode('v1', [{ labels: LABELS, samples: [{ timestampMs: NOW, value: 7 }] }]));
    const headers = REQUEST_HEADERS.v1;
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
    await response.arrayBuffer();
    return response.status;
  };

  beforeEach(async () => {
    requests = 0;
    status = 204;
    recording = new Recording();
    ingest = createServer((request, response) => {
      requests++;
      request.resume().on('end', () => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => ingest.listen(0, '127.0.0.1', resolve));
    ingestUrl = `http://127.0.0.1:${(ingest.address() as AddressInfo).port}/api/v1/write`;
  });
  afterEach(async () => {
    await way.stop();
    ingest.closeAllConnections();
    await new Promise((resolve) => ingest.close(resolve));
  });

  test('notes what was answered 2xx, the replica label apart, with its stamps as they were changed', async () => {
    await open(20_000);
    expect(await send(way.writeUrl)).toBe(204);
    expect(recording.series.map(({ key }) => key)).toEqual(['{"__name__":"load_steady_total"}']);
    expect(recording.requests).toMatchObject([
      { replica: 'a', series: [0], timestampsMs: [NOW + 20_000], values: [7] },
    ]);
    expect(recording.newestMs('a')).toBe(NOW + 20_000);
  });

  test('hands refusals on and notes nothing of them', async () => {
    await open(0);
    status = 503;
    expect(await send(way.writeUrl)).toBe(503);
    expect(recording.requests).toEqual([]);
  });

  test('lets nothing through while it is silent, and what was held up when it heals', async () => {
    await open(0);
    way.link.silence();
    const held = send(way.writeUrl);
    // One that goes by another way is answered meanwhile.
    expect(await send(ingestUrl)).toBe(204);
    expect(requests).toBe(1);
    way.link.heal();
    expect(await held).toBe(204);
    expect(requests).toBe(2);
  });
});
