import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  acquireKafka,
  acquireRedis,
  type Kafka,
  kafka,
  launchTandem,
  nodeExporter,
  prometheus,
  redis,
  type RedisEndpoint,
  runTandem,
  type TandemPeer,
  tempDir,
  until,
  victoriaMetrics,
} from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { describeFailover } from './failover-scenario.ts';
import { kafkaConfig, redisConfig, writeConfig } from './tandem-config.ts';
import { launchSurroundings, pipelineConfig, SPREAD, SPREAD_CLUSTER, type Stage, type Surroundings } from './stage.ts';
import { dedupStatus, metric } from './tandem-api.ts';

const describeWith = await requires(kafka, redis, prometheus, nodeExporter, victoriaMetrics);

describeWith('a pair before ingest, dedup and forward as processes of their own, on Kafka and Redis', () => {
  const folder = tempDir('e2e-kafka');
  const running: { stop(): Promise<unknown> }[] = [];
  let broker: Kafka;
  let leases: RedisEndpoint;
  let surroundings: Surroundings;
  let ingest: TandemPeer;
  let dedup: TandemPeer;
  let created: Awaited<ReturnType<typeof runTandem>>;

  beforeAll(async () => {
    [broker, leases, surroundings] = await Promise.all([acquireKafka(), acquireRedis(), launchSurroundings()]);
    const config = `${kafkaConfig(broker, SPREAD)}${redisConfig(leases)}${pipelineConfig(surroundings)}`;
    created = await runTandem(['topics', 'create', `--config.file=${await writeConfig(folder, config)}`]);
    dedup = await launchTandem({ command: 'dedup', config });
    const forward = await launchTandem({ command: 'forward', config });
    ingest = await launchTandem({ command: 'ingest', config });
    running.push(ingest, dedup, forward);
  }, 180_000);
  afterAll(async () => {
    for (const process of running) await process.stop();
    await Promise.all([surroundings.stop(), broker.stop(), leases.close(), folder.remove()]);
  }, 60_000);

  test('tandem topics create creates the topics and finds nothing wrong with them', () => {
    expect(created.output).toMatch(/^created +\S*samples$/m);
    expect(created.exit.code).toBe(0);
  });

  describeFailover({ title: 'Prometheus of the distribution', cluster: 'packaged', packaged: true }, (): Stage => ({
    ...surroundings,
    ingest,
    dedup,
  }));

  describeFailover({ title: 'a cluster spread over shards', cluster: SPREAD_CLUSTER, packaged: true }, (): Stage => ({
    ...surroundings,
    ingest,
    dedup,
  }));

  test('the elections are announced in Redis', async () => {
    expect(await metric(dedup.url, 'tandem_dedup_lease_store_up')).toBe(1);
    await until(async () => (await metric(dedup.url, 'tandem_dedup_leases_held')) >= 1, { what: 'the leases' });
    expect((await dedupStatus(dedup.url)).degraded).toEqual([]);
  });
});
