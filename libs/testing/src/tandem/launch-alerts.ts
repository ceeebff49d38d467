import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../launch/ports.ts';
import { LaunchedProcess } from '../launch/process.ts';
import { TANDEM, withoutOurs } from './launch-tandem.ts';

/** How to run `tandem alerts` as its users do: the built command line, in a process of its own. */
export interface AlertsPeerOptions {
  /** The text of `alertmanager.yml`. */
  readonly config: string;
  /** Working directory, which its files and, as `data`, its log are in; instances of one directory share the log. */
  readonly dir: string;
  /** Short, for messages, the name among the others, and that of its file. Default `alerts`. */
  readonly name?: string;
  /** Further flags. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A running instance; a restart keeps port, name and directory. */
export interface AlertsPeer {
  readonly process: LaunchedProcess;
  /** Base of its HTTP API. */
  readonly url: string;
  /** Its `alertmanager.yml`. */
  readonly configFile: string;
  /** Address it advertises to the others; nothing listens on it. */
  readonly clusterAddress: string;
}

/** Starts `tandem alerts` on a free port of the loopback, and waits until it says that it listens. */
export async function launchAlerts(options: AlertsPeerOptions): Promise<AlertsPeer> {
  const { name = 'alerts', dir, config, flags = [] } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const configFile = join(dir, `${name}.yml`);
  const clusterAddress = `127.0.0.1:${await freePort()}`;
  await writeFile(configFile, config);
  const launched = new LaunchedProcess({
    name: `tandem-alerts-${name}`,
    command: process.execPath,
    args: [
      TANDEM,
      'alerts',
      `--config.file=${configFile}`,
      `--storage.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--cluster.listen-address=${clusterAddress}`,
      `--cluster.peer-name=${name}`,
      ...flags,
    ],
    cwd: dir,
    env: { ...withoutOurs(), ...options.env },
    ready: ({ output }) => output.sinceMark.includes('msg="Listening on"'),
  });
  await launched.start();
  return { process: launched, url, configFile, clusterAddress };
}
