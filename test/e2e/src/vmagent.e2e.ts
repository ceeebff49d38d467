import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  launchNodeExporter,
  launchTandem,
  launchVmagent,
  nodeExporter,
  type Peer,
  type TandemPeer,
  tempDir,
  until,
  vmagent,
} from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { Recorder } from './recorder.ts';
import { ALIKE, compare, countOf, within } from './samples.ts';
import { clusterStatus } from './tandem-api.ts';
import { writeConfig } from './tandem-config.ts';

const CLUSTER = 'agents';
const WATCHED_MS = 3000;

/** A vmagent that scrapes and writes to Tandem, and everything it writes there to a recorder too. */
interface Agent {
  readonly peer: Peer;
  readonly own: Recorder;
  stop(): Promise<void>;
}

const describeWith = await requires(vmagent, nodeExporter);

/*
 * vmagent 1.79.5 (Debian 12) takes labels that begin with two underscores away, so that pairs are labelled `replica`;
 * 1.150 first tries an encoding of its own and changes to snappy when it is refused.
 */
describeWith('a pair of vmagents, the replica in a label of another name', () => {
  let exporter: Peer;
  let target: Recorder;
  let tandem: TandemPeer;
  const agents: Agent[] = [];

  const launchAgent = async (replica: string): Promise<Agent> => {
    const folder = tempDir(`vmagent-${replica}`);
    const own = await new Recorder().start();
    const scrapes = await writeConfig(
      folder,
      `
global: { scrape_interval: 1s, external_labels: { cluster: ${CLUSTER}, replica: ${replica} } }
scrape_configs: [{ job_name: node, static_configs: [{ targets: ['127.0.0.1:${exporter.port}'] }] }]
`,
    );
    const peer = await launchVmagent({
      name: `vmagent-${replica}`,
      remoteWriteUrls: [`${tandem.url}/api/v1/write`, own.writeUrl],
      flags: [`-promscrape.config=${scrapes}`, '-remoteWrite.flushInterval=200ms'],
    });
    const agent: Agent = {
      peer,
      own,
      stop: async () => {
        await Promise.all([peer.stop(), own.stop(), folder.remove()]);
      },
    };
    agents.push(agent);
    return agent;
  };
  const status = () => clusterStatus(tandem.url, CLUSTER);
  const untilElected = (wanted: string) =>
    until(async () => (await status())?.elected?.replica === wanted, {
      what: `replica ${wanted} elected`,
      timeoutMs: 30_000,
    });
  /** Waits until the target and the agent's own recorder have everything up to then, and compares. */
  const expectOneCopyOf = async ({ own }: Agent, fromMs: number): Promise<void> => {
    const toMs = fromMs + WATCHED_MS;
    const arrived = (recorder: Recorder) =>
      until(() => recorder.newestScrapeMs(CLUSTER) > toMs, { what: 'the scrapes', timeoutMs: 30_000 });
    await Promise.all([arrived(target), arrived(own)]);
    const expected = within(own.samples(CLUSTER), { fromMs, toMs });
    expect(countOf(expected)).toBeGreaterThan(100);
    expect(compare(within(target.samples(CLUSTER), { fromMs, toMs }), expected)).toEqual(ALIKE);
  };

  beforeAll(async () => {
    [exporter, target] = await Promise.all([launchNodeExporter(), new Recorder().start()]);
    tandem = await launchTandem({
      command: 'up',
      config: `
dedup: { replica_label: replica, update_timeout: 1s, update_timeout_jitter: 0s, failover_timeout: 3s }
forward: { targets: [{ name: recorder, url: "${target.writeUrl}" }] }
`,
    });
  }, 60_000);
  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    await tandem.stop();
    await Promise.all([exporter.stop(), target.stop()]);
  }, 60_000);

  test('the elected one passes, the other one does not, and takes over when the first is killed', async () => {
    const a = await launchAgent('a');
    await untilElected('a');
    const b = await launchAgent('b');
    await until(async () => (await status())?.replicas.length === 2, { what: 'replica b heard' });
    await expectOneCopyOf(a, Date.now());

    await a.peer.process.kill();
    await untilElected('b');
    await expectOneCopyOf(b, (await status())?.elected?.sinceMs ?? 0);
    expect(target.labels).toContain('cluster');
    expect(target.labels).not.toContain('replica');
    expect(target.disorder).toEqual([]);
  }, 90_000);
});
