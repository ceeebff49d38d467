import { writeFileSync } from 'node:fs';

import { afterEach, describe, expect, test } from '@jest/globals';
import { launchAlerts, tempDir, until, type AlertsPeer, type TempDir } from '@tandem/testing';

import { alertnames, clusterOf, post, quickConfig } from './alerts-stage.ts';
import { WebhookSink } from './webhook-sink.ts';

const LONG_MS = 60_000;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}, LONG_MS);

interface Stage {
  readonly folder: TempDir;
  readonly sink: WebhookSink;
  readonly peers: readonly AlertsPeer[];
}

/** Instances on one directory, and the webhook they all tell. */
async function stage(names: readonly string[], flags: readonly string[] = []): Promise<Stage> {
  const folder = tempDir('alerts-cluster');
  cleanups.push(() => folder.remove());
  const sink = await WebhookSink.start();
  cleanups.push(() => sink.stop());
  const peers: AlertsPeer[] = [];
  for (const name of names) {
    const config = quickConfig(sink.url);
    const peer = await launchAlerts({ name, config, dir: folder.path, flags: ['--cluster.peer-timeout=1s', ...flags] });
    cleanups.push(() => peer.process.stop());
    peers.push(peer);
  }
  await until(async () => (await clusterOf(first(peers))).peers.length === names.length, {
    what: 'every peer',
    timeoutMs: 20_000,
  });
  return { folder, sink, peers };
}

function first(peers: readonly AlertsPeer[]): AlertsPeer {
  const [peer] = peers;
  if (peer === undefined) throw new Error('no peers');
  return peer;
}

/** Waits until an alert was delivered, and then for as long as another instance would wait. */
async function deliveredOnce(sink: WebhookSink, alertname: string): Promise<number> {
  await until(() => sink.count(alertname) > 0, { what: `a notification of ${alertname}`, timeoutMs: 30_000 });
  const seen = Date.now();
  await until(() => Date.now() - seen > 5000, { what: 'the waits of the others', timeoutMs: 10_000 });
  return sink.count(alertname);
}

describe('three instances on one data directory', () => {
  test('are one cluster: each alert is everywhere and told once, whoever got it', async () => {
    const { sink, peers } = await stage(['a', 'b', 'c']);
    for (const peer of peers) {
      const { status, peers: known } = await clusterOf(peer);
      expect({ status, names: known.map(({ name }) => name).toSorted() }).toEqual({
        status: 'ready',
        names: ['a', 'b', 'c'],
      });
      expect(known.map(({ address }) => address).toSorted()).toEqual(
        peers.map(({ clusterAddress }) => clusterAddress).toSorted(),
      );
    }
    for (const [index, peer] of peers.entries()) expect(await post(peer, { alertname: `Only${index}` })).toBe(200);
    for (const peer of peers) await post(peer, { alertname: 'Everywhere' });
    const names = ['Everywhere', 'Only0', 'Only1', 'Only2'];
    for (const peer of peers) {
      await until(async () => (await alertnames(peer)).join() === names.join(), { what: `every alert in ${peer.url}` });
    }
    for (const name of names) expect({ name, count: await deliveredOnce(sink, name) }).toEqual({ name, count: 1 });
  }, 120_000);

  test('go on, once, for one that was killed before its webhook answered', async () => {
    const { sink, peers } = await stage(['a', 'b']);
    let open: () => void = () => undefined;
    sink.gate = new Promise((resolve) => {
      open = resolve;
    });
    await post(first(peers), { alertname: 'Killed' });
    await until(() => sink.count('Killed') === 1, { what: 'the first attempt', timeoutMs: 20_000 });
    await first(peers).process.kill();
    sink.gate = undefined;
    open();
    // Nobody knows whether it arrived: the other one goes on behind the claim, once.
    await until(() => sink.count('Killed') === 2, { what: 'the attempt of the other', timeoutMs: 40_000 });
    const seen = Date.now();
    await until(() => Date.now() - seen > 6000, { what: 'more of them', timeoutMs: 10_000 });
    expect(sink.count('Killed')).toBe(2);
  }, 120_000);

  test('forget nothing when all are restarted: no alert, no silence, and nobody is told again', async () => {
    const { sink, peers } = await stage(['a', 'b']);
    await post(first(peers), { alertname: 'Kept' });
    expect(await deliveredOnce(sink, 'Kept')).toBe(1);
    const silence = {
      matchers: [{ name: 'alertname', value: 'Other', isRegex: false }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      createdBy: 'test',
      comment: '',
    };
    const set = await fetch(`${first(peers).url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(silence),
    });
    expect(set.status).toBe(200);
    for (const { process } of peers) await process.kill();
    for (const { process } of peers) await process.restart();
    for (const peer of peers) {
      await until(async () => (await alertnames(peer)).join() === 'Kept', { what: 'the alert', timeoutMs: 20_000 });
      const silences = (await (await fetch(`${peer.url}/api/v2/silences`)).json()) as readonly unknown[];
      expect(silences).toHaveLength(1);
    }
    expect(await deliveredOnce(sink, 'Kept')).toBe(1);
  }, 120_000);
});

describe('one instance', () => {
  test('tells of the end as well, and where to by a configuration that was changed meanwhile', async () => {
    const { sink, peers } = await stage(['a']);
    const other = await WebhookSink.start();
    cleanups.push(() => other.stop());
    const peer = first(peers);
    await post(peer, { alertname: 'Ends' });
    await until(() => sink.count('Ends') === 1, { what: 'the beginning', timeoutMs: 20_000 });
    writeFileSync(peer.configFile, quickConfig(other.url));
    expect((await fetch(`${peer.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    await post(peer, { alertname: 'Ends' }, { endsAt: new Date().toISOString() });
    await until(() => other.count('Ends', 'resolved') === 1, { what: 'the end', timeoutMs: 20_000 });
    expect(sink.count('Ends')).toBe(1);
  }, 90_000);
});
