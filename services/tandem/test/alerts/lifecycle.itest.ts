import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import {
  freePort,
  launchAlerts,
  runTandem,
  tempDir,
  until,
  type AlertsPeer,
  type AlertsPeerOptions,
} from '@tandem/testing';
import { hashSync } from 'bcryptjs';

import { quickConfig } from './alerts-stage.ts';

const CONFIG = quickConfig('http://127.0.0.1:9/');
const folders = [tempDir('alerts-cli')];
const peers: AlertsPeer[] = [];

afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.process.stop();
}, 60_000);
afterAll(async () => {
  for (const folder of folders) await folder.remove();
});

async function start(options: Partial<AlertsPeerOptions> = {}): Promise<AlertsPeer> {
  const folder = tempDir('alerts-life');
  folders.push(folder);
  const peer = await launchAlerts({ config: CONFIG, dir: folder.path, ...options });
  peers.push(peer);
  return peer;
}

function run(...args: readonly string[]): ReturnType<typeof runTandem> {
  return runTandem(['alerts', ...args], { cwd: folders[0]?.path ?? '.' });
}

function reload(peer: AlertsPeer): Promise<Response> {
  return fetch(`${peer.url}/-/reload`, { method: 'POST' });
}

async function metric(peer: AlertsPeer, name: string): Promise<number> {
  const text = await (await fetch(`${peer.url}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'mu').exec(text)?.[1]);
}

describe('P1: tandem alerts, asked what it is', () => {
  test('says its flags in the shape of upstream', async () => {
    const { exit, output } = await run('--help');
    expect(exit.code).toBe(0);
    expect(output).toMatch(/^usage: tandem alerts \[<flags>\]/u);
    expect(output).toContain('--config.file=alertmanager.yml');
  }, 30_000);

  test('says its version, to itself and not to the program above', async () => {
    const { exit, output } = await run('--web.timeout=5', '--version');
    expect({ code: exit.code, output }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^tandem alerts, version /u),
    });
  }, 30_000);

  test('refuses what it does not know with 1 and a line that says so', async () => {
    const { exit, output } = await run('--foo');
    expect([exit.code, output]).toEqual([1, "tandem alerts: error: unknown long flag '--foo', try --help\n"]);
  }, 30_000);

  test.each([
    [
      'a configuration with a problem',
      ['--config.file=bad.yml'],
      /err="error loading configuration file: bad\.yml:2:1: field foo not found/u,
    ],
    ['a configuration that is not there', ['--config.file=none.yml'], /err=.*none\.yml/u],
    [
      'a feature nobody knows',
      ['--config.file=bad.yml', '--enable-feature=xx'],
      /unknown option 'xx' for --enable-feature/u,
    ],
    ['an address that is none', ['--web.listen-address=abc'], /cannot listen on/u],
    ['an external URL that is none', ['--web.external-url=foo'], /failed to determine external URL/u],
    ['a web configuration with a problem', ['--config.file=good.yml', '--web.config.file=bad.yml'], /bad\.yml/u],
    ['a Tandem configuration with a problem', ['--tandem.stream.driver=carrier-pigeon'], /stream\.driver/u],
  ])(
    'ends with 1 at %s',
    async (_what, flags, line) => {
      const dir = folders[0]?.path ?? '.';
      writeFileSync(path.join(dir, 'bad.yml'), 'route: { receiver: a }\nfoo: 1\nreceivers: [{ name: a }]\n');
      writeFileSync(path.join(dir, 'good.yml'), CONFIG);
      const { exit, output } = await run(...flags);
      expect(output).toMatch(line);
      expect(output).toMatch(/level=ERROR msg="tandem alerts exited with error"/u);
      expect(exit.code).toBe(1);
    },
    30_000,
  );
});

describe('a process of tandem alerts', () => {
  test('P2, P3: says where it listens in logfmt, answers, and ends with 0 within five seconds of SIGTERM', async () => {
    const peer = await start();
    const [line] = await peer.process.waitForLine(/^time=\S+ level=INFO msg="Listening on".*$/mu);
    expect(line).toContain(`address=${new URL(peer.url).host}`);
    expect(await (await fetch(`${peer.url}/-/ready`)).text()).toBe('OK');
    const began = performance.now();
    expect(await peer.process.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(5000);
  }, 60_000);

  test('listens on all the addresses it is told', async () => {
    const port = await freePort();
    const peer = await start({ flags: [`--web.listen-address=127.0.0.1:${port}`] });
    for (const url of [peer.url, `http://127.0.0.1:${port}`]) {
      expect((await fetch(`${url}/api/v2/status`)).status).toBe(200);
    }
  }, 60_000);

  test('serves below a prefix, and sends who comes without it there', async () => {
    const peer = await start({ flags: ['--web.external-url=http://example.org/am/'] });
    expect((await fetch(`${peer.url}/am/api/v2/status`)).status).toBe(200);
    expect((await fetch(`${peer.url}/am/metrics`)).status).toBe(200);
    expect((await fetch(`${peer.url}/`, { redirect: 'manual' })).headers.get('location')).toBe('/am');
  }, 60_000);

  test('P4: takes another configuration at SIGHUP and at POST /-/reload, and keeps the old one where the new one is bad', async () => {
    const peer = await start();
    const hash = await metric(peer, 'alertmanager_config_hash');
    writeFileSync(peer.configFile, CONFIG.replace('1h', '2h'));
    peer.process.signal('SIGHUP');
    await until(async () => (await metric(peer, 'alertmanager_config_hash')) !== hash, { what: 'the other hash' });
    writeFileSync(peer.configFile, CONFIG.replace('receiver: sink', 'receiver: nobody'));
    const refused = await reload(peer);
    expect(refused.status).toBe(500);
    expect(await refused.text()).toMatch(/^failed to reload config: .*undefined receiver "nobody" used in route\n$/u);
    expect(await metric(peer, 'alertmanager_config_last_reload_successful')).toBe(0);
    writeFileSync(peer.configFile, CONFIG);
    const taken = await reload(peer);
    expect([taken.status, await taken.text()]).toEqual([200, '']);
    expect(await metric(peer, 'alertmanager_config_hash')).toBe(hash);
    expect(await metric(peer, 'alertmanager_config_last_reload_successful')).toBe(1);
    expect((await fetch(`${peer.url}/-/reload`)).status).toBe(405);
  }, 60_000);

  test('asks for passwords where the web configuration has users', async () => {
    const folder = tempDir('alerts-users');
    folders.push(folder);
    const file = path.join(folder.path, 'web.yml');
    writeFileSync(file, `basic_auth_users: { alice: ${hashSync('opensesame', 4)} }\n`);
    const peer = await start({ dir: folder.path, flags: [`--web.config.file=${file}`] });
    expect((await fetch(`${peer.url}/-/healthy`)).status).toBe(401);
    const authorization = `Basic ${Buffer.from('alice:opensesame').toString('base64')}`;
    expect((await fetch(`${peer.url}/-/healthy`, { headers: { authorization } })).status).toBe(200);
  }, 60_000);

  test('reads the Tandem configuration: labels that are dropped at intake make one alert of two', async () => {
    const folder = tempDir('alerts-dropped');
    folders.push(folder);
    const file = path.join(folder.path, 'tandem.yaml');
    writeFileSync(file, 'alerts: { drop_labels: [replica] }\n');
    const peer = await start({ dir: folder.path, flags: [`--tandem.config-file=${file}`] });
    const body = (replica: string) => JSON.stringify([{ labels: { alertname: 'Pair', replica } }]);
    for (const replica of ['a', 'b']) {
      const headers = { 'content-type': 'application/json' };
      await fetch(`${peer.url}/api/v2/alerts`, { method: 'POST', headers, body: body(replica) });
    }
    const alerts = (await (await fetch(`${peer.url}/api/v2/alerts`)).json()) as readonly { labels: unknown }[];
    expect(alerts.map(({ labels }) => labels)).toEqual([{ alertname: 'Pair' }]);
  }, 60_000);
});
