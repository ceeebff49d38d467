import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  acquireKafka,
  kafka,
  launchAlerts,
  runTandem,
  tempDir,
  until,
  type AlertsPeer,
  type Kafka,
} from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { alertnames, clusterOf, post, quickConfig } from './alerts-stage.ts';
import { WebhookSink } from './webhook-sink.ts';

const describeWithKafka = await requires(kafka);

describeWithKafka('two instances of directories of their own, on Kafka', () => {
  const folders = [tempDir('alerts-kafka-a'), tempDir('alerts-kafka-b')];
  const peers: AlertsPeer[] = [];
  let broker: Kafka;
  let sink: WebhookSink;

  beforeAll(async () => {
    broker = await acquireKafka();
    sink = await WebhookSink.start();
    const prefix = `alerts-${Date.now()}.`;
    const config = `stream: { driver: kafka, partitions: 2, kafka: { brokers: ['${broker.brokers.join("', '")}'], topic_prefix: ${prefix} } }\n`;
    for (const [index, { path: dir }] of folders.entries()) {
      const file = path.join(dir, 'tandem.yaml');
      writeFileSync(file, config);
      if (index === 0) {
        const { exit, output } = await runTandem(['topics', 'create', `--config.file=${file}`], { timeoutMs: 60_000 });
        if (exit.code !== 0) throw new Error(`cannot create the topics: ${output}`);
      }
      const flags = [`--tandem.config-file=${file}`, '--cluster.peer-timeout=1s'];
      peers.push(await launchAlerts({ name: index === 0 ? 'a' : 'b', config: quickConfig(sink.url), dir, flags }));
    }
  }, 240_000);
  afterAll(async () => {
    for (const { process } of peers) await process.stop();
    await sink.stop();
    await broker.stop();
    for (const folder of folders) await folder.remove();
  }, 120_000);

  test('are one cluster, and tell of an alert once, also when the one that got it is killed', async () => {
    const [a, b] = peers;
    if (a === undefined || b === undefined) throw new Error('no peers');
    const known = async () => (await clusterOf(b)).peers.map(({ name }) => name).toSorted();
    await until(async () => (await known()).join() === 'a,b', { what: 'both instances', timeoutMs: 60_000 });
    expect(await post(a, { alertname: 'OnKafka' })).toBe(200);
    await until(async () => (await alertnames(b)).includes('OnKafka'), { what: 'the alert in b', timeoutMs: 20_000 });
    await a.process.kill();
    await until(() => sink.count('OnKafka') > 0, { what: 'the notification', timeoutMs: 60_000 });
    const seen = Date.now();
    await until(() => Date.now() - seen > 6000, { what: 'more of them', timeoutMs: 10_000 });
    expect(sink.count('OnKafka')).toBe(1);
    await until(async () => (await known()).join() === 'b', { what: 'b alone', timeoutMs: 30_000 });
  }, 180_000);
});
