import { afterAll, expect, test } from '@jest/globals';
import {
  launchNodeExporter,
  launchPrometheus,
  launchVictoriaMetrics,
  launchVmagent,
  nodeExporter,
  type Peer,
  prometheus,
  until,
  victoriaMetrics,
  vmagent,
} from '../../src/index.ts';
import { requires } from '../../src/launch/requires.ts';

const running: Peer[] = [];
const kept = <P extends Peer>(peer: P): P => {
  running.push(peer);
  return peer;
};
// Senders first: they try to get rid of what they hold.
afterAll(async () => {
  for (const peer of running.reverse()) await peer.stop();
}, 60_000);

const VERSION = /^\d+\.\d+\.\d+$/;
const scrape = (job: string, port: number, writeUrl: string, name = 'a') => `
global: { scrape_interval: 1s, external_labels: { replica: ${name} } }
scrape_configs: [{ job_name: ${job}, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
remote_write: [{ url: '${writeUrl}', queue_config: { batch_send_deadline: 100ms } }]
`;

async function count(base: string, selector: string): Promise<number> {
  const url = `${base}/api/v1/query?query=${encodeURIComponent(`count(${selector})`)}`;
  const { data } = (await (await fetch(url)).json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}

const describeWith = await requires(prometheus, nodeExporter, victoriaMetrics, vmagent);

describeWith('the peers', () => {
  test('pass the samples of a node exporter from Prometheus through vmagent to VictoriaMetrics', async () => {
    const exporter = kept(await launchNodeExporter());
    const store = kept(await launchVictoriaMetrics());
    const agent = kept(await launchVmagent({ remoteWriteUrls: [store.writeUrl] }));
    const writeUrl = `${agent.url}/api/v1/write`;
    const replica = kept(
      await launchPrometheus({ name: 'prometheus-a', config: scrape('node', exporter.port, writeUrl) }),
    );

    for (const peer of [exporter, store, agent, replica]) {
      expect(peer.version).toMatch(VERSION);
      process.stderr.write(`${peer.process.name} ${peer.version}\n`);
    }
    await until(() => count(replica.url, '{job="node"}'), { what: 'a scrape', timeoutMs: 20_000 });
    await until(
      async () => {
        await store.flush();
        return (await count(store.url, '{job="node",replica="a"}')) > 0;
      },
      { what: 'samples in VictoriaMetrics', timeoutMs: 20_000 },
    );
    await replica.reload(scrape('renamed', exporter.port, writeUrl));
    await until(() => count(replica.url, '{job="renamed"}'), { what: 'the new configuration', timeoutMs: 20_000 });
    await expect(replica.reload('nonsense: [')).rejects.toThrow('cannot reload prometheus-a: ');
  }, 90_000);
});
