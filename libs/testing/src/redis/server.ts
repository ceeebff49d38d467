import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireBinary } from '../launch/binary.ts';
import { containerEngineAnswers } from '../launch/container-engine.ts';
import { freePort } from '../launch/ports.ts';
import { LaunchedProcess } from '../launch/process.ts';
import { type Requirement } from '../launch/requirement.ts';
import { type TempDir, tempDir } from '../launch/temp-dir.ts';
import { until } from '../launch/until.ts';
import { type RedisAddress, redisCommand } from './command.ts';
import { createContainerControl } from './container.ts';

/** Starts, ends, freezes one server, however it is run. */
export interface RedisControl {
  start(): Promise<void>;
  /** SIGTERM. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** One Redis server (or Sentinel) of a test's own. */
export interface RedisServer extends RedisControl {
  readonly port: number;
  /** For {@link redisCommand}, as an administrator. */
  readonly address: RedisAddress;
  readonly dir: string;
  /** Ends it and removes its directory. Idempotent. */
  close(): Promise<void>;
}

/** How a server is configured. */
export interface RedisServerOptions {
  readonly name: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Lines of `redis.conf`, added to port, directory and no persistence. */
  readonly config?: readonly string[];
  /** Given where its directory matters: prepares files in it and returns further lines. */
  readonly prepare?: (dir: string) => Promise<readonly string[]>;
  readonly sentinel?: boolean;
  /** How an administrator reaches it, where that is not plain. */
  readonly admin?: Omit<RedisAddress, 'port'> | (() => Omit<RedisAddress, 'port'>);
}

const PROGRAM = { binary: 'redis-server', debianPackage: 'redis-server' };

/** A Redis server a test may configure and kill: in a container where an engine answers, else a local process. */
export const redisServer: Requirement = {
  name: 'redis',
  acquire: async () => {
    if (!(await containerEngineAnswers())) await acquireBinary(PROGRAM);
  },
};

/** Starts a server on the loopback and waits until it answers. */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const port = options.port ?? (await freePort());
  const folder = tempDir(options.name);
  const args = await configure(options, port, folder.path);
  const admin = typeof options.admin === 'function' ? options.admin() : options.admin;
  const control = (await containerEngineAnswers())
    ? createContainerControl(args, folder.path)
    : await createProcessControl(options.name, args);
  const server = assemble(control, { port, ...admin }, folder);
  await server.start();
  return server;
}

async function configure(options: RedisServerOptions, port: number, dir: string): Promise<readonly string[]> {
  const { config = [], sentinel = false } = options;
  const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${dir}`, ...(sentinel ? [] : ['save ""']), ...config];
  lines.push(...((await options.prepare?.(dir)) ?? []));
  const file = join(dir, sentinel ? 'sentinel.conf' : 'redis.conf');
  await writeFile(file, `${lines.join('\n')}\n`);
  return sentinel ? [file, '--sentinel'] : [file];
}

function assemble(control: RedisControl, address: RedisAddress, folder: TempDir): RedisServer {
  return {
    ...control,
    port: address.port,
    address,
    dir: folder.path,
    start: async () => {
      await control.start();
      const what = `Redis to answer on port ${address.port}`;
      await until(async () => (await redisCommand(address, 'PING')) === 'PONG', { what, timeoutMs: 20_000 });
    },
    close: async () => {
      await control.kill();
      await folder.remove();
    },
  };
}

async function createProcessControl(name: string, args: readonly string[]): Promise<RedisControl> {
  const server = new LaunchedProcess({ name, command: await acquireBinary(PROGRAM), args });
  return {
    start: async () => {
      await server.start();
    },
    stop: async () => {
      await server.stop();
    },
    kill: async () => {
      await server.kill();
    },
    pause: () => {
      server.pause();
      return Promise.resolve();
    },
    resume: () => {
      server.resume();
      return Promise.resolve();
    },
  };
}
