import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compress, encode, REQUEST_HEADERS } from '@tandem/remote-write';
import { launchTandem, runTandem, tempDir, until, type TandemPeer } from '@tandem/testing';

const CONFIG = `
stream: { spread: [{ cluster: team1, shards: 4 }] }
dedup: { update_timeout: 1s, update_timeout_jitter: 0s, failover_timeout: 3s }
`;
const MINUTE = 60_000;
const SERIES = 40;

interface Status {
  readonly clusters: readonly {
    readonly cluster: string;
    readonly shards?: number;
    readonly epoch: number;
    readonly elected?: { readonly replica: string };
  }[];
  readonly degraded: readonly string[];
}

/** Sends a sample of each of 40 series of a replica, as of now. */
async function send(url: string, replica: string): Promise<void> {
  const timestampMs = Date.now();
  const series = Array.from({ length: SERIES }, (_, index) => ({
    labels: Object.entries({ __name__: `m${index}`, __replica__: replica, cluster: 'team1' }).map(([name, value]) => ({
      name,
      value,
    })),
    samples: [{ timestampMs, value: 1 }],
  }));
  const body = compress(encode('v1', series));
  const response = await fetch(`${url}/api/v1/write`, { method: 'POST', headers: REQUEST_HEADERS.v1, body });
  expect(response.status).toBe(204);
}

describe('a spread cluster in tandem up', () => {
  const folder = tempDir('tandem-spread');
  let tandem: TandemPeer;
  const status = async (): Promise<Status> =>
    (await (await fetch(`${tandem.url}/api/v1/ha/clusters`)).json()) as Status;
  const elected = async (): Promise<string | undefined> => (await status()).clusters[0]?.elected?.replica;
  const emitted = async (): Promise<number> => {
    const text = await (await fetch(`${tandem.url}/metrics`)).text();
    return Number(/^tandem_dedup_emitted_samples_total (\d+)$/mu.exec(text)?.[1] ?? 0);
  };
  const ha = (...args: readonly string[]): ReturnType<typeof runTandem> =>
    runTandem(['ha', ...args, '--config.file=up.yaml'], { cwd: folder.path });

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
    'is one cluster, and nothing of what came before its election is lost',
    async () => {
      const { clusters } = await status();
      expect(clusters).toEqual([expect.objectContaining({ cluster: 'team1', shards: 4, epoch: 1 })]);
      await until(async () => (await emitted()) >= SERIES, { what: 'all series' });
      expect(await emitted()).toBe(SERIES);
      expect((await status()).degraded).toEqual([]);
      const list = await ha('list', '--json');
      expect(JSON.parse(list.output)).toMatchObject([{ cluster: 'team1', shards: 4, epoch: 1 }]);
      expect((await ha('show', 'team1')).output).toMatch(/^shards +4, elected from heartbeats$/m);
    },
    MINUTE,
  );

  test(
    'obeys an operator in all shards at once',
    async () => {
      const other = (await elected()) === 'a' ? 'b' : 'a';
      await send(tandem.url, other);
      const { output } = await ha('failover', 'team1', other, '--force');
      expect(output).toBe(`cluster team1: replica ${other} is elected (epoch 2)\n`);
      await until(async () => (await elected()) === other, { what: 'the other replica' });
      const before = await emitted();
      await send(tandem.url, other);
      await until(async () => (await emitted()) >= before + SERIES, { what: 'its samples' });
      const history = await ha('history', 'team1', '--json');
      expect(JSON.parse(history.output)).toMatchObject([
        { kind: 'settings', outcome: 'first' },
        { epoch: 1 },
        { epoch: 2, reason: 'operator' },
      ]);
    },
    MINUTE,
  );

  test(
    'is replayed by its heartbeats, and explained by the shard of a series',
    async () => {
      const { exit, output } = await ha('whatif', 'team1', '--failover-timeout=10s', '--range=1h', '--json');
      expect(exit.code).toBe(0);
      expect(JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1))).toMatchObject({
        topic: 'heartbeats',
        configured: { elections: 2, newest_elections: [{ from: null }, { reason: 'operator' }] },
      });
      const now = String(Math.floor(Date.now() / 1000));
      const explained = await ha('explain', 'm7{cluster="team1"}', now, '--window=5m', '--json');
      const { shard, copies } = JSON.parse(explained.output) as {
        readonly shard: number;
        readonly copies: readonly { readonly verdict: string; readonly epoch: number }[];
      };
      expect(shard).toBeLessThan(4);
      expect(copies[0]).toMatchObject({ verdict: 'read-again', epoch: 1 });
      expect(copies.at(-1)).toMatchObject({ verdict: 'emitted', epoch: 2 });
    },
    MINUTE,
  );
});
