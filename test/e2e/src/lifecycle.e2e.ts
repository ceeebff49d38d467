import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { launchSink, launchTandem, runTandem, type TandemPeer, until } from '@tandem/testing';

import { Recorder } from './recorder.ts';
import { countOf } from './samples.ts';
import { write } from './write-request.ts';

const NOW = Date.now();
const good = { metric: 'good', cluster: 'team1', replica: 'a' };
/** What is promised of a start, and what is still let pass: a busy machine has other things to do. */
const START_MS = 1000;
const START_LIMIT_MS = 3000;
const MAX_STARTS = 6;
const STOP_LIMIT_MS = 10_000;

test('tandem up is ready in about a second from its exec', async () => {
  const tandem = await launchTandem({ command: 'up', config: '' });
  const tookMs: number[] = [];
  do {
    await tandem.process.stop();
    const began = performance.now();
    await tandem.process.start();
    tookMs.push(Math.round(performance.now() - began));
  } while (Math.min(...tookMs) >= START_MS && tookMs.length < MAX_STARTS);
  expect((await tandem.stop()).code).toBe(0);
  process.stderr.write(`tandem up was ready after ${tookMs.join(', ')} ms\n`);
  expect(Math.min(...tookMs)).toBeLessThan(START_LIMIT_MS);
}, 90_000);

describe('a stop', () => {
  test.each(['up', 'ingest', 'dedup', 'forward'])('SIGTERM ends tandem %s with 0', async (command) => {
    const tandem = await launchTandem({ command, config: '' });
    const began = performance.now();
    expect(await tandem.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(STOP_LIMIT_MS);
  });

  test('SIGINT ends it with 0 too', async () => {
    const tandem = await launchTandem({ command: 'up', config: '' });
    tandem.process.signal('SIGINT');
    expect(await tandem.process.exited).toEqual({ code: 0, signal: null });
    await tandem.stop();
  });

  test('while its log is being written to, what was answered 2xx is there after the next start', async () => {
    const target = await new Recorder().start();
    const tandem = await launchTandem({
      command: 'up',
      config: `forward: { targets: [{ name: recorder, url: "${target.writeUrl}" }] }`,
    });
    let accepted = 0;
    while (tandem.process.running) {
      const answered = await write(tandem.url, { ...good, timestampsMs: [NOW + accepted] }).catch(() => undefined);
      if (answered?.status === 204) accepted += 1;
      if (accepted === 50) tandem.process.signal('SIGTERM');
    }
    expect(tandem.process.exit).toEqual({ code: 0, signal: null });
    expect(accepted).toBeGreaterThanOrEqual(50);
    await tandem.process.start();
    await until(() => countOf(target.samples('team1')) >= accepted, { what: 'all samples at the target' });
    const times = [...target.samples('team1').values()].flat().map(({ timestampMs }) => timestampMs - NOW);
    expect(new Set(times)).toEqual(new Set(Array.from({ length: accepted }, (_, index) => index)));
    await tandem.stop();
    await target.stop();
  }, 60_000);
});

describe('a target that hangs', () => {
  let target: Server;
  let tandem: TandemPeer;
  let held = 0;
  beforeAll(async () => {
    target = createServer(() => {
      held += 1;
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const { port } = target.address() as AddressInfo;
    tandem = await launchTandem({
      command: 'up',
      config: `forward: { targets: [{ name: hanging, url: "http://127.0.0.1:${port}" }] }`,
    });
  }, 60_000);
  afterAll(async () => {
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
    await tandem.stop();
  }, 60_000);

  test('nobody waits for it: requests are taken, and SIGTERM ends the process with 0 within 10 s', async () => {
    expect((await write(tandem.url, { ...good, timestampsMs: [NOW] })).status).toBe(204);
    await until(() => held > 0, { what: 'a request at the target' });
    expect((await write(tandem.url, { ...good, timestampsMs: [NOW + 1] })).status).toBe(204);
    const began = performance.now();
    tandem.process.signal('SIGTERM');
    expect(await tandem.process.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(STOP_LIMIT_MS);
  }, 30_000);
});

describe('tandem sink', () => {
  test('tells over HTTP what it saw, and its exit code says whether that was one copy', async () => {
    const sink = await launchSink();
    const report = async (): Promise<unknown> => (await fetch(`${sink.url}/report`)).json();
    expect((await write(sink.url, { ...good, timestampsMs: [NOW, NOW + 1000, NOW + 2000] })).status).toBe(204);
    expect(await report()).toMatchObject({ requests: 1, series: 1, samples: 3, twice: 0, late: 0, holes: 0 });
    const late = await write(sink.url, { ...good, protocol: 'v2', timestampsMs: [NOW + 1000, NOW + 6000] });
    expect(late.status).toBe(204);
    expect(await report()).toMatchObject({
      requests: 2,
      series: 1,
      samples: 5,
      twice: 1,
      holes: 1,
      missing: 3,
      seriesWithReplicaLabel: 1,
    });
    expect((await sink.stop()).code).toBe(1);
  });
});

describe('tandem demo', () => {
  test('ends by itself with 0, and its report says that nothing was lost and nothing came twice', async () => {
    const { exit, output } = await runTandem(['demo'], { timeoutMs: 90_000 });
    expect(output).toMatch(/^ +a +\d+ +[1-9]\d* +0$/m);
    expect(output).toMatch(/^ +b +\d+ +[1-9]\d* +0$/m);
    expect(output).toContain('twice: 0, out of order: 0');
    expect(output).not.toMatch(/^ +NO /m);
    expect(exit).toEqual({ code: 0, signal: null });
  }, 120_000);
});
