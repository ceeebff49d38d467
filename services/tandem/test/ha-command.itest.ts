import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compress, encode, REQUEST_HEADERS } from '@tandem/remote-write';
import { launchTandem, runTandem, tempDir, until, type TandemPeer } from '@tandem/testing';

const CONFIG = 'dedup: { update_timeout: 1s, update_timeout_jitter: 0s, failover_timeout: 2s }';
const MINUTE = 60_000;

/** Sends one sample of a replica, as of now. */
async function send(url: string, replica: string): Promise<void> {
  const labels = Object.entries({ __name__: 'up', __replica__: replica, cluster: 'team1' });
  const series = {
    labels: labels.map(([name, value]) => ({ name, value })),
    samples: [{ timestampMs: Date.now(), value: 1 }],
  };
  const body = compress(encode('v1', [series]));
  const response = await fetch(`${url}/api/v1/write`, { method: 'POST', headers: REQUEST_HEADERS.v1, body });
  expect(response.status).toBe(204);
}

describe('tandem ha failover, pin and release beside tandem up', () => {
  const folder = tempDir('tandem-ha-command');
  let tandem: TandemPeer;
  const ha = (...args: readonly string[]): ReturnType<typeof runTandem> =>
    runTandem(['ha', ...args, '--config.file=up.yaml'], { cwd: folder.path });
  const elected = async (): Promise<unknown> => {
    const response = await fetch(`${tandem.url}/api/v1/ha/clusters`);
    const { clusters } = (await response.json()) as { readonly clusters: readonly { readonly elected: unknown }[] };
    return clusters[0]?.elected;
  };

  beforeAll(async () => {
    tandem = await launchTandem({ command: 'up', config: CONFIG, dir: folder.path });
    await send(tandem.url, 'a');
    await send(tandem.url, 'b');
    await until(async () => (await elected()) !== undefined, { what: 'an election' });
  }, MINUTE);
  afterAll(async () => {
    await tandem.stop();
    await folder.remove();
  }, MINUTE);

  test(
    'a failover by hand takes effect, says so, and is in the history with who and why',
    async () => {
      const { exit, output } = await ha('failover', 'team1', 'b', '--why=maintenance of a');
      expect(output).toBe('cluster team1: replica b is elected (epoch 2)\n');
      expect(exit.code).toBe(0);
      expect(await elected()).toMatchObject({ replica: 'b', pinned: false });
      const history = await ha('history', 'team1', '--json');
      expect(JSON.parse(history.output)).toMatchObject([
        { kind: 'settings', outcome: 'first' },
        { epoch: 1 },
        { epoch: 2, reason: 'operator', previous: 'a' },
      ]);
    },
    MINUTE,
  );

  test(
    'a pinned replica stays elected; another failover is refused with 1; release gives it back',
    async () => {
      expect((await ha('pin', 'team1', 'b')).output).toContain('replica b is pinned');
      expect(await elected()).toMatchObject({ replica: 'b', pinned: true });
      await send(tandem.url, 'a');
      const refused = await ha('failover', 'team1', 'a');
      expect(refused.output).toContain('refused: another replica is pinned');
      expect(refused.exit.code).toBe(1);
      const released = await ha('release', 'team1', '--json');
      expect(JSON.parse(released.output)).toMatchObject({ command: 'release', outcome: 'released', epoch: 2 });
      expect(await elected()).toMatchObject({ replica: 'b', pinned: false });
    },
    MINUTE,
  );

  test(
    'a replica nobody heard is refused, and elected where that is forced',
    async () => {
      const refused = await ha('failover', 'team1', 'c');
      expect(refused.output).toMatch(/replica "c" was not heard in the last 60 s .*--force/);
      expect(refused.exit.code).toBe(1);
      const forced = await ha('failover', 'team1', 'c', '--force');
      expect(forced.output).toBe('cluster team1: replica c is elected (epoch 3)\n');
    },
    MINUTE,
  );

  test('a replica that is not named is a wrong command line', async () => {
    const { exit, output } = await ha('failover', 'team1');
    expect(output).toContain('the replica is missing');
    expect(exit.code).toBe(2);
  });

  test(
    'with nobody to take it, a command stays in the log and is said to',
    async () => {
      await tandem.process.stop();
      const { exit, output } = await ha('release', 'team1');
      expect(output).toContain('it is in the log, and takes effect when dedup comes to it');
      expect(exit.code).toBe(1);
    },
    MINUTE,
  );
});
