import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  kafkaProcess,
  type KafkaProcess,
  launchTandem,
  type RedisServer,
  redisServer,
  runTandem,
  startKafka,
  startRedisServer,
  type TandemPeer,
  tempDir,
  until,
} from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { Recorder } from './recorder.ts';
import { countOf } from './samples.ts';
import { clusterStatus, dedupStatus, metric } from './tandem-api.ts';
import { kafkaConfig, redisConfig, writeConfig } from './tandem-config.ts';
import { write } from './write-request.ts';

const NOW = Date.now();
const good = { metric: 'good', cluster: 'team1', replica: 'a' };

const describeWithKafka = await requires(kafkaProcess);
const describeWithRedis = await requires(redisServer);

/** What `/-/ready` answers. */
async function readiness({ url }: TandemPeer): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${url}/-/ready`);
  return { status: response.status, text: await response.text() };
}

describeWithKafka('tandem ingest whose brokers are away', () => {
  const folder = tempDir('e2e-unreachable');
  let broker: KafkaProcess;
  let ingest: TandemPeer;
  beforeAll(async () => {
    broker = await startKafka();
    const config = kafkaConfig(broker);
    await runTandem(['topics', 'create', `--config.file=${await writeConfig(folder, config)}`]);
    await broker.kill();
    ingest = await launchTandem({ command: 'ingest', config, untilReady: false });
  }, 120_000);
  afterAll(async () => {
    await ingest.stop();
    await Promise.all([broker.stop(), folder.remove()]);
  }, 60_000);

  test('it starts, is healthy, and says why it is not ready', async () => {
    expect((await fetch(`${ingest.url}/-/healthy`)).status).toBe(200);
    const { status, text } = await readiness(ingest);
    expect(status).toBe(503);
    expect(text).toMatch(/^log: cannot reach Kafka: .*ECONNREFUSED 127\.0\.0\.1/m);
  }, 30_000);

  test('a request is answered 503 with Retry-After, so that its sender keeps it', async () => {
    const answer = await write(ingest.url, { ...good, timestampsMs: [NOW] });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.text).toContain('the log cannot take the request now');
  }, 60_000);

  test('it takes requests as soon as the broker is there, and when it was away again', async () => {
    for (let round = 0; round < 2; round++) {
      await broker.restart();
      await until(async () => (await readiness(ingest)).status === 200, { what: 'ready', timeoutMs: 60_000 });
      const accepted = async () => (await write(ingest.url, { ...good, timestampsMs: [NOW] })).status === 204;
      await until(accepted, { what: 'a request to be taken', timeoutMs: 30_000 });
      if (round > 0) break;
      await broker.kill();
      await until(async () => (await readiness(ingest)).status === 503, { what: 'not ready', timeoutMs: 30_000 });
      expect((await write(ingest.url, { ...good, timestampsMs: [NOW] })).status).toBe(503);
    }
    expect(ingest.process.running).toBe(true);
  }, 180_000);
});

describe('an unreachable broker in a command that ends', () => {
  test('tandem topics create fails and names it', async () => {
    const folder = tempDir('e2e-no-broker');
    const file = await writeConfig(folder, kafkaConfig({ brokers: ['127.0.0.1:1'] }));
    const { exit, output } = await runTandem(['topics', 'create', `--config.file=${file}`]);
    await folder.remove();
    expect(exit.code).toBe(1);
    expect(output).toContain('127.0.0.1:1');
  }, 60_000);
});

describeWithRedis('tandem up whose Redis is away', () => {
  let target: Recorder;
  let leases: RedisServer;
  let tandem: TandemPeer;
  const arrived = (count: number) =>
    until(() => countOf(target.samples('team1')) >= count, { what: `${count} samples at the target` });
  const degraded = async (): Promise<readonly string[]> => (await dedupStatus(tandem.url)).degraded;

  beforeAll(async () => {
    [target, leases] = await Promise.all([new Recorder().start(), startRedisServer({ name: 'redis-e2e' })]);
    await leases.stop();
    tandem = await launchTandem({
      command: 'up',
      config: `
${redisConfig({ url: `redis://127.0.0.1:${leases.port}` })}
dedup: { update_timeout: 1s, update_timeout_jitter: 0s, failover_timeout: 3s }
forward: { targets: [{ name: recorder, url: "${target.writeUrl}" }] }
`,
    });
  }, 60_000);
  afterAll(async () => {
    await tandem.stop();
    await Promise.all([target.stop(), leases.close()]);
  }, 60_000);

  test('the stream flows, and status and metrics say that it is degraded', async () => {
    expect((await write(tandem.url, { ...good, timestampsMs: [NOW] })).status).toBe(204);
    expect((await write(tandem.url, { ...good, replica: 'b', timestampsMs: [NOW + 500] })).status).toBe(204);
    expect((await write(tandem.url, { ...good, timestampsMs: [NOW + 1000] })).status).toBe(204);
    await arrived(2);
    expect((await clusterStatus(tandem.url, 'team1'))?.elected?.replica).toBe('a');
    await until(async () => (await degraded()).length > 0, { what: 'the status to be degraded', timeoutMs: 30_000 });
    expect(await degraded()).toEqual(['the lease store cannot be reached']);
    expect(await metric(tandem.url, 'tandem_dedup_lease_store_up')).toBe(0);
    expect((await readiness(tandem)).status).toBe(200);
  }, 60_000);

  test('when Redis is there the lease is announced, and nothing is degraded any more', async () => {
    await leases.start();
    await until(async () => (await degraded()).length === 0, { what: 'nothing to be degraded', timeoutMs: 30_000 });
    await until(async () => (await metric(tandem.url, 'tandem_dedup_leases_held')) === 1, {
      what: 'the lease to be held',
    });
    expect(await metric(tandem.url, 'tandem_dedup_lease_store_up')).toBe(1);
  }, 60_000);

  test('a Redis that hangs does not hold the stream up', async () => {
    await leases.pause();
    try {
      const timestampsMs = Array.from({ length: 10 }, (_, index) => NOW + 2000 + index);
      expect((await write(tandem.url, { ...good, timestampsMs })).status).toBe(204);
      await arrived(12);
      await until(async () => (await degraded()).length > 0, { what: 'the status to be degraded', timeoutMs: 30_000 });
    } finally {
      await leases.resume();
    }
    await until(async () => (await degraded()).length === 0, { what: 'nothing to be degraded', timeoutMs: 30_000 });
    expect(target.disorder).toEqual([]);
  }, 90_000);
});
