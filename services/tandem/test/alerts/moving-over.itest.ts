import { existsSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { alertmanager34, launchAlertmanager, launchAlerts, tempDir, until, type AlertsPeer } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { alertnames, quickConfig } from './alerts-stage.ts';
import { WebhookSink } from './webhook-sink.ts';

const describeWithAlertmanager = await requires(alertmanager34);

const FOREVER = '2036-01-01T00:00:00Z';

describeWithAlertmanager('moving over from Alertmanager 0.34', () => {
  const folder = tempDir('moving-over');
  let sink: WebhookSink;
  let peer: AlertsPeer | undefined;

  beforeAll(async () => {
    sink = await WebhookSink.start();
  });
  afterAll(async () => {
    await peer?.process.stop();
    await sink.stop();
    await folder.remove();
  });

  it('sends nothing again, keeps silences, and is done once', async () => {
    const upstream = await launchAlertmanager({ config: quickConfig(sink.url), dir: folder.path });
    await post(upstream.url, '/api/v2/alerts', alerts('Told', 'AlsoTold'));
    await post(upstream.url, '/api/v2/silences', {
      matchers: [{ name: 'alertname', value: 'Silenced', isRegex: false }],
      startsAt: new Date().toISOString(),
      endsAt: FOREVER,
      createdBy: 'me',
      comment: 'maintenance',
    });
    await until(() => sink.count('Told') === 1 && sink.count('AlsoTold') === 1, { what: 'both', timeoutMs: 30_000 });
    await upstream.stop();

    peer = await launchAlerts({ config: quickConfig(sink.url), dir: folder.path });
    const { url } = peer;
    await post(url, '/api/v2/alerts', alerts('Told', 'AlsoTold', 'Silenced', 'New'));
    // Ends of flushes: what was told is looked at and left, what is silenced too.
    const left = async (): Promise<boolean> => {
      const seen = await Promise.all([ended(url, 'skipped'), ended(url, 'suppressed')]);
      return ['Told', 'AlsoTold'].every((name) => seen[0].includes(name)) && seen[1].includes('Silenced');
    };
    await until(left, { what: 'all groups to be looked at', timeoutMs: 60_000 });
    await until(() => sink.count('New') === 1, { what: 'the new one', timeoutMs: 60_000 });
    expect(['Told', 'AlsoTold', 'Silenced', 'New'].map((name) => sink.count(name))).toEqual([1, 1, 0, 1]);
    await expect(alertnames(peer)).resolves.toEqual(['AlsoTold', 'New', 'Silenced', 'Told']);
    expect(existsSync(path.join(folder.path, 'data', 'tandem-imported.json'))).toBe(true);
    const metrics = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
    expect(await metrics()).toContain('tandem_alerts_imported_records_total{file="nflog",outcome="taken"} 2');
    // It is counted once its answer is there, which the sink need not wait for.
    const counted = async (): Promise<boolean> =>
      (await metrics()).includes('alertmanager_notifications_total{integration="webhook"} 1\n');
    await until(counted, { what: 'the new one to be counted', timeoutMs: 30_000 });
  }, 180_000);
});

function alerts(...names: readonly string[]): readonly object[] {
  return names.map((alertname) => ({ labels: { alertname }, startsAt: new Date().toISOString(), endsAt: FOREVER }));
}

async function post(url: string, to: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}${to}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
}

/** What is written of the groups whose flushes ended so. */
async function ended(url: string, outcome: string): Promise<string> {
  return (await fetch(`${url}/api/v2/tandem/notifications?outcome=${outcome}`)).text();
}
