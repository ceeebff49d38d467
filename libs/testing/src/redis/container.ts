import { type StartedTestContainer } from 'testcontainers';
import { type RedisControl } from './server.ts';

/** Also what the package of the same minor version is tested with. */
const IMAGE = 'redis:7.2-alpine';

/**
 * Runs a server in a container on the host's network, its directory mounted at the same path: the same configuration
 * then serves as for a local process, clusters and Sentinels that tell clients their addresses included.
 */
export function createContainerControl(args: readonly string[], dir: string): RedisControl {
  let running: StartedTestContainer | undefined;
  const end = async (timeoutMs: number) => {
    const container = running;
    running = undefined;
    await container?.stop({ timeout: timeoutMs });
  };
  return {
    start: async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      running = await new GenericContainer(IMAGE)
        .withNetworkMode('host')
        .withBindMounts([{ source: dir, target: dir, mode: 'rw' }])
        .withUser(`${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`)
        .withEntrypoint(['redis-server'])
        .withCommand([...args])
        .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections|monitor master/))
        .start();
    },
    stop: () => end(10_000),
    kill: () => end(0),
    pause: () => withEngine(running, (container) => container.pause()),
    resume: () => withEngine(running, (container) => container.unpause()),
  };
}

interface Pausable {
  pause(): Promise<unknown>;
  unpause(): Promise<unknown>;
}

async function withEngine(running: StartedTestContainer | undefined, act: (container: Pausable) => Promise<unknown>) {
  if (running === undefined) return;
  const { getContainerRuntimeClient } = await import('testcontainers');
  const client = await getContainerRuntimeClient();
  await act(client.container.getById(running.getId()));
}
