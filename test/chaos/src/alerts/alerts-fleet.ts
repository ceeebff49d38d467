import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, httpOk, LaunchedProcess, tempDir, type TempDir } from '@tandem/testing';

const TANDEM = fileURLToPath(new URL('../../../../services/tandem/bin/tandem.js', import.meta.url));

/** What the instances are told. */
export interface AlertsFleetOptions {
  /** The log, as `tandem.yaml` says it. */
  readonly log: string;
  readonly webhookUrl: string;
  /** Wait for each place, as `--cluster.peer-timeout` takes it. */
  readonly step: string;
  /** `group_interval`. */
  readonly groupInterval: string;
  /** `timeout` of the webhook. */
  readonly webhookTimeout?: string;
}

/** An instance of `tandem alerts`. */
export interface AlertsInstance {
  readonly name: string;
  readonly url: string;
  readonly process: LaunchedProcess;
}

/** Names of the instances; their order is that of their positions. */
export const NAMES = ['a', 'b', 'c'] as const;

/** Three instances of one cluster, each with a directory and a configuration of its own: it says in a header who sends. */
export class AlertsFleet {
  readonly instances: readonly AlertsInstance[];
  readonly #folder: TempDir;

  private constructor(instances: readonly AlertsInstance[], folder: TempDir) {
    this.instances = instances;
    this.#folder = folder;
  }

  /** Starts them, and waits until each knows all. */
  static async start(options: AlertsFleetOptions): Promise<AlertsFleet> {
    const folder = tempDir('alerts-fleet');
    const ports = await freePorts(NAMES.length * 2);
    const instances = await Promise.all(
      NAMES.map(async (name, index) =>
        instance(name, join(folder.path, name), ports.slice(index * 2, index * 2 + 2), options),
      ),
    );
    const fleet = new AlertsFleet(instances, folder);
    await fleet.startAll();
    return fleet;
  }

  /** Starts those that do not run, and waits until each knows all. */
  async startAll(): Promise<void> {
    await Promise.all(this.instances.filter((one) => !one.process.running).map((one) => one.process.start()));
    for (const { url, name, process: launched } of this.instances) {
      const knowsAll = async (): Promise<boolean> => (await peersOf(url)) === NAMES.length;
      await launched.waitFor(knowsAll, { what: `${name} to know all`, timeoutMs: 30_000 });
    }
  }

  /** SIGKILL to all of them at once. */
  async killAll(): Promise<void> {
    await Promise.all(this.instances.map((one) => one.process.kill()));
  }

  /** The instance of a name. */
  of(name: string): AlertsInstance {
    const found = this.instances.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no instance "${name}"`);
    return found;
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map((one) => one.process.stop()));
    await this.#folder.remove();
  }
}

async function instance(
  name: string,
  dir: string,
  [port, clusterPort]: readonly number[],
  { log, step, ...options }: AlertsFleetOptions,
): Promise<AlertsInstance> {
  await mkdir(dir);
  await writeFile(join(dir, 'tandem.yaml'), log);
  await writeFile(join(dir, 'alertmanager.yml'), configuration(name, options));
  const url = `http://127.0.0.1:${String(port)}`;
  const args = [
    TANDEM,
    'alerts',
    `--config.file=${join(dir, 'alertmanager.yml')}`,
    `--tandem.config-file=${join(dir, 'tandem.yaml')}`,
    `--storage.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${String(port)}`,
    `--cluster.listen-address=127.0.0.1:${String(clusterPort)}`,
    `--cluster.peer-name=${name}`,
    `--cluster.peer-timeout=${step}`,
  ];
  const process_ = new LaunchedProcess({
    name: `alerts-${name}`,
    command: process.execPath,
    args,
    cwd: dir,
    ready: () => httpOk(`${url}/-/ready`),
  });
  return { name, url, process: process_ };
}

function configuration(
  name: string,
  { webhookUrl, groupInterval, webhookTimeout }: Omit<AlertsFleetOptions, 'log' | 'step'>,
): string {
  const timeout = webhookTimeout === undefined ? '' : `\n        timeout: ${webhookTimeout}`;
  return `route:
  receiver: team
  group_by: [alertname]
  group_wait: 1s
  group_interval: ${groupInterval}
  repeat_interval: 1h
receivers:
  - name: team
    webhook_configs:
      - url: ${webhookUrl}${timeout}
        http_config: { http_headers: { X-Sender: { values: [${name}] } } }
`;
}

async function peersOf(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v2/status`);
  const { cluster } = (await response.json()) as { cluster: { status: string; peers: readonly unknown[] } };
  return cluster.status === 'ready' ? cluster.peers.length : 0;
}

/** Posts an alert that fires, or one that is over. */
export async function postAlert(
  url: string,
  alertname: string,
  state: 'firing' | 'resolved' = 'firing',
): Promise<void> {
  const nowMs = Date.now();
  const alert = {
    labels: { alertname },
    startsAt: new Date(nowMs - 1000).toISOString(),
    endsAt: new Date(state === 'firing' ? nowMs + 3_600_000 : nowMs - 1).toISOString(),
  };
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  });
  if (!response.ok) throw new Error(`posting ${alertname} was answered ${response.status}: ${await response.text()}`);
}

/** A decision as `/api/v2/tandem/notifications` shows it, as far as it is looked at here. */
export interface Decision {
  readonly instance: string;
  readonly outcome: string;
  readonly failOpen?: boolean;
}
