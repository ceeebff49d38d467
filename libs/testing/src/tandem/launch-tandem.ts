import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, httpOk } from '../launch/ports.ts';
import { LaunchedProcess, runToEnd, type Exit } from '../launch/process.ts';
import { tempDir, type TempDir } from '../launch/temp-dir.ts';

/** The built command line. */
export const TANDEM = fileURLToPath(new URL('../../../../services/tandem/bin/tandem.js', import.meta.url));

/** How to run Tandem as its users do: the built command line, in a process of its own. */
export interface TandemOptions {
  /** `up`, `ingest`, `dedup` … */
  readonly command: string;
  /** Short, for messages. Default the command. */
  readonly name?: string;
  /** The text of `tandem.yaml`. */
  readonly config: string;
  /** Further flags. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Working directory, also of `storage.path`; default one of its own. */
  readonly dir?: string;
  /** Whether to wait until `/-/ready` says yes. Default true; otherwise until it is healthy. */
  readonly untilReady?: boolean;
}

/** A running Tandem; a restart keeps port and directory. */
export interface TandemPeer {
  readonly process: LaunchedProcess;
  /** Base of its HTTP API. */
  readonly url: string;
  readonly dir: string;
  /** SIGTERM, and the directory removed where it was its own. */
  stop(): Promise<Exit>;
}

/** Starts `tandem <command>` on a free port of the loopback. */
export async function launchTandem(options: TandemOptions): Promise<TandemPeer> {
  const own: TempDir | undefined = options.dir === undefined ? tempDir('tandem') : undefined;
  const dir = options.dir ?? own?.path ?? '.';
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const name = options.name ?? options.command;
  const file = join(dir, `${name}.yaml`);
  await writeFile(file, options.config);
  const path = (options.untilReady ?? true) ? '/-/ready' : '/-/healthy';
  const launched = new LaunchedProcess({
    name: `tandem-${name}`,
    command: process.execPath,
    args: [
      TANDEM,
      options.command,
      `--config.file=${file}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(options.flags ?? []),
    ],
    cwd: dir,
    env: { ...withoutOurs(), ...options.env },
    ready: () => httpOk(`${url}${path}`),
  });
  await launched.start();
  return {
    process: launched,
    url,
    dir,
    stop: async () => {
      const exit = await launched.stop();
      await own?.remove();
      return exit;
    },
  };
}

/** Starts `tandem sink`, a target that checks what it is sent; its findings are at `url` + `/report`. */
export async function launchSink(): Promise<TandemPeer> {
  const own = tempDir('tandem-sink');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const launched = new LaunchedProcess({
    name: 'tandem-sink',
    command: process.execPath,
    args: [TANDEM, 'sink', `--listen-address=127.0.0.1:${port}`],
    cwd: own.path,
    env: withoutOurs(),
    ready: () => httpOk(`${url}/-/ready`),
  });
  await launched.start();
  const stop = async (): Promise<Exit> => {
    const exit = await launched.stop();
    await own.remove();
    return exit;
  };
  return { process: launched, url, dir: own.path, stop };
}

/** Runs a command of Tandem to its end: `runTandem(['check', 'config', 'tandem.yaml'])`. */
export function runTandem(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly timeoutMs?: number;
    readonly env?: Record<string, string | undefined>;
  } = {},
): Promise<{ readonly exit: Exit; readonly output: string }> {
  return runToEnd({
    name: `tandem ${args.join(' ')}`,
    command: process.execPath,
    args: [TANDEM, ...args],
    ...options,
    env: { ...withoutOurs(), ...options.env },
  });
}

/** Takes away what is set for the tests (`TANDEM_PEERS`, `TANDEM_REQUIRE` …): Tandem would take it for its own. */
export function withoutOurs(): Record<string, undefined> {
  const ours = Object.keys(process.env).filter((name) => name.startsWith('TANDEM_'));
  return Object.fromEntries(ours.map((name) => [name, undefined]));
}
