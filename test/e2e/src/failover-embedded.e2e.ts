import { afterAll, beforeAll } from '@jest/globals';
import { launchTandem, nodeExporter, prometheus, prometheus3, type TandemPeer, victoriaMetrics } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { describeFailover } from './failover-scenario.ts';
import { launchSurroundings, pipelineConfig, SPREAD, SPREAD_CLUSTER, type Stage, type Surroundings } from './stage.ts';

const describeWith = await requires(prometheus, nodeExporter, victoriaMetrics);
const describeWithPrometheus3 = await requires(prometheus3);

describeWith('a pair before tandem up, on the embedded log', () => {
  let surroundings: Surroundings;
  let tandem: TandemPeer;
  beforeAll(async () => {
    surroundings = await launchSurroundings();
    tandem = await launchTandem({ command: 'up', config: `stream: { ${SPREAD} }${pipelineConfig(surroundings)}` });
  }, 60_000);
  afterAll(async () => {
    await tandem.stop();
    await surroundings.stop();
  }, 60_000);
  const stage = (): Stage => ({ ...surroundings, ingest: tandem, dedup: tandem });

  describeFailover({ title: 'Prometheus of the distribution', cluster: 'packaged', packaged: true }, stage);

  describeFailover({ title: 'a cluster spread over shards', cluster: SPREAD_CLUSTER, packaged: true }, stage);

  describeWithPrometheus3('Prometheus 3', () => {
    describeFailover({ title: 'with remote write 1.0', cluster: 'newer-v1', packaged: false }, stage);
    describeFailover(
      {
        title: 'with remote write 2.0',
        cluster: 'newer-v2',
        packaged: false,
        protobufMessage: 'io.prometheus.write.v2.Request',
      },
      stage,
    );
  });
});
