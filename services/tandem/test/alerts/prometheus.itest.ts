import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  launchAlerts,
  launchPrometheus,
  prometheus,
  tempDir,
  until,
  type AlertsPeer,
  type PrometheusPeer,
} from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { alertnames, clusterOf, quickConfig } from './alerts-stage.ts';
import { WebhookSink } from './webhook-sink.ts';

const describeWithPrometheus = await requires(prometheus);

/** A Prometheus whose alert fires from its start. */
function prometheusConfig(targets: readonly string[], rules: string): string {
  return `
global: { evaluation_interval: 1s, scrape_interval: 5s, external_labels: { replica: here } }
rule_files: [${rules}]
alerting:
  alertmanagers: [{ static_configs: [{ targets: [${targets.map((target) => `'${target}'`).join(', ')}] }] }]
  alert_relabel_configs: [{ regex: replica, action: labeldrop }]
`;
}

/** It fires once Prometheus has found where to send alerts: what fires before is sent again a minute later. */
const RULES =
  'groups: [{ name: x, rules: [{ alert: AlwaysFiring, expr: vector(1), for: 8s, labels: { severity: page } }] }]\n';

describeWithPrometheus('a pair of real Prometheus and three instances', () => {
  const folder = tempDir('alerts-prometheus');
  const peers: AlertsPeer[] = [];
  const pair: PrometheusPeer[] = [];
  let sink: WebhookSink;

  beforeAll(async () => {
    sink = await WebhookSink.start();
    for (const name of ['a', 'b', 'c']) {
      const flags = ['--cluster.peer-timeout=1s'];
      peers.push(await launchAlerts({ name, config: quickConfig(sink.url), dir: folder.path, flags }));
    }
    const all = async () => (await Promise.all(peers.map(clusterOf))).every(({ peers: known }) => known.length === 3);
    await until(all, { what: 'one cluster', timeoutMs: 20_000 });
    const rules = path.join(folder.path, 'rules.yml');
    writeFileSync(rules, RULES);
    const hosts = peers.map(({ url }) => new URL(url).host);
    // One tells them all, as is done with Alertmanager; the other one of them.
    for (const targets of [hosts, hosts.slice(0, 1)]) {
      pair.push(await launchPrometheus({ config: prometheusConfig(targets, rules) }));
    }
  }, 120_000);
  afterAll(async () => {
    for (const one of pair) await one.stop();
    for (const { process } of peers) await process.stop();
    await sink.stop();
    await folder.remove();
  }, 60_000);

  it('make one notification of one alert, and every instance has it', async () => {
    await until(() => sink.count('AlwaysFiring') > 0, { what: 'the notification', timeoutMs: 80_000 });
    for (const peer of peers) {
      await until(async () => (await alertnames(peer)).join() === 'AlwaysFiring', { what: `the alert in ${peer.url}` });
    }
    const seen = Date.now();
    await until(() => Date.now() - seen > 6000, { what: 'what others would send', timeoutMs: 10_000 });
    expect(sink.count('AlwaysFiring')).toBe(1);
    const [delivery] = sink.deliveries;
    expect(delivery?.alerts.map(({ labels }) => labels)).toEqual([{ alertname: 'AlwaysFiring', severity: 'page' }]);
  }, 150_000);
});
