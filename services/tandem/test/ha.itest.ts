import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compress, encode, REQUEST_HEADERS } from '@tandem/remote-write';
import {
  acquireKafka,
  freePort,
  kafka,
  launchTandem,
  runTandem,
  tempDir,
  until,
  type Kafka,
  type TandemPeer,
} from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

const CONFIG = 'dedup: { update_timeout: 1s, update_timeout_jitter: 0s, failover_timeout: 2s }';
const describeWithKafka = await requires(kafka);

/** Sends one sample of a replica, as of now. */
async function send(url: string, cluster: string, replica: string): Promise<void> {
  const labels = Object.entries({ __name__: 'up', __replica__: replica, cluster });
  const series = {
    labels: labels.map(([name, value]) => ({ name, value })),
    samples: [{ timestampMs: Date.now(), value: 1 }],
  };
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: REQUEST_HEADERS.v1,
    body: compress(encode('v1', [series])),
  });
  expect(response.status).toBe(204);
}

describe('tandem ha on the data directory of tandem up', () => {
  const folder = tempDir('tandem-ha');
  let tandem: TandemPeer;
  const ha = (...args: readonly string[]): ReturnType<typeof runTandem> =>
    runTandem(['ha', ...args, '--config.file=up.yaml'], { cwd: folder.path });
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const { exit, output } = await ha(...args, '--json');
    expect(exit.code).toBe(0);
    return JSON.parse(output);
  };

  beforeAll(async () => {
    tandem = await launchTandem({ command: 'up', config: CONFIG, dir: folder.path });
    await send(tandem.url, 'team2', 'x');
    await send(tandem.url, 'team1', 'a');
    await until(
      async () => {
        await send(tandem.url, 'team1', 'b');
        const { output } = await ha('list', '--json');
        return output.includes('"elected": "b"');
      },
      { what: 'a failover to replica b', timeoutMs: 30_000 },
    );
  }, 60_000);
  afterAll(async () => {
    await tandem.stop();
    await folder.remove();
  }, 60_000);

  async function expectWhatHappened(): Promise<void> {
    expect(await json('list')).toMatchObject([
      { tenant: 'anonymous', cluster: 'team1', elected: 'b', epoch: 2 },
      { tenant: 'anonymous', cluster: 'team2', elected: 'x', epoch: 1 },
    ]);
    expect(await json('history', 'team1')).toMatchObject([
      { kind: 'settings', outcome: 'first', from_offset: 0 },
      { epoch: 1, replica: 'a', reason: 'first-seen', previous: null },
      { epoch: 2, replica: 'b', reason: 'failover', previous: 'a' },
    ]);
    expect(await json('show', 'team2')).toMatchObject({ elected: 'x', elections: [{ epoch: 1, replica: 'x' }] });
  }

  test('whatif: says that nobody would have taken over with a longer timeout', async () => {
    const { exit, output } = await ha('whatif', 'team1', '--failover-timeout=1h', '--range', '1h', '--json');
    expect(exit.code).toBe(0);
    // What it has to note is on standard error: this log began within the range.
    expect(JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1))).toMatchObject({
      cluster: 'team1',
      elected_at_start: null,
      configured: {
        failover_timeout_seconds: 2,
        elections: 2,
        newest_elections: [
          { from: null, to: 'a', reason: 'first-seen' },
          { from: 'a', to: 'b', reason: 'failover' },
        ],
      },
      what_if: { failover_timeout_seconds: 3600, elections: 1, newest_elections: [{ to: 'a' }] },
      difference: { elections: -1, flaps: 0 },
    });
  }, 60_000);

  interface Explained {
    readonly copies: readonly { readonly replica: string; readonly verdict: string; readonly epoch: number }[];
    readonly conclusion: string;
  }
  const explain = async (): Promise<Explained> => {
    const history = (await json('history', 'team1')) as readonly { readonly time: string }[];
    const time = history.at(-1)?.time ?? '';
    return (await json('explain', 'up{cluster="team1"}', time, '--window=10m')) as Explained;
  };

  test('explain: says of every sample around the failover what came out, and at which seam', async () => {
    const isRead = async (): Promise<boolean> =>
      (await explain()).copies.every(({ verdict }) => verdict === 'emitted' || verdict === 'read-again');
    await until(isRead, { what: 'the seam to be read', timeoutMs: 30_000 });
    const { copies, conclusion } = await explain();
    expect(copies[0]).toMatchObject({ replica: 'a', verdict: 'emitted', epoch: 1 });
    expect(copies[1]).toMatchObject({ replica: 'b', verdict: 'read-again', epoch: 2 });
    expect(copies.at(-1)).toMatchObject({ replica: 'b', verdict: 'emitted', epoch: 2 });
    expect(conclusion).toMatch(
      /: 1 of a \(epoch 1\), \d+ of b \(epoch 2, read again at its seam\), \d+ of b \(epoch 2\)\. /,
    );
    expect(conclusion).toMatch(/ b was elected at 20\S+Z \(epoch 2, failover: a had been silent for \d+\.\ds\)\.$/);
  }, 60_000);

  test('says what happened beside the running process, which goes on', async () => {
    await expectWhatHappened();
    await send(tandem.url, 'team1', 'b');
    expect((await fetch(`${tandem.url}/-/ready`)).status).toBe(200);
  }, 60_000);

  test('says the same when nothing runs', async () => {
    await tandem.process.stop();
    await expectWhatHappened();
    const { output } = await ha('list');
    expect(output).toMatch(
      /^TENANT +CLUSTER +ELECTED +EPOCH +ELECTED-SINCE +LAST-HEARD +FAILOVER-TIMEOUT +PARTITION +SENDERS$/m,
    );
    expect(output).toMatch(/^anonymous +team1 +b +2 +20\S+Z \(\d+\w ago\) +20\S+Z \(\d+\w ago\) +2\.0s +\d+ +\S.*$/m);
  }, 60_000);

  test('ends with 1 and the nearest name for a cluster that is not there', async () => {
    const { exit, output } = await ha('show', 'taem1');
    expect(output).toBe('cannot find cluster "taem1": did you mean "team1"?\n');
    expect(exit.code).toBe(1);
  });

  test.each([
    [['history', 'team1', '--limit=none'], '--limit: expected a whole number'],
    [['history', 'team1', '--since=yesterday'], '--since: expected a duration'],
    [['list', 'team1'], 'team1: unexpected argument'],
    [['show'], 'the cluster is missing'],
    [['whatif', 'team1'], 'nothing to compare with: expected --failover-timeout'],
    [['whatif', 'team1', '--failover-timeout=soon'], '--failover-timeout: expected a duration'],
    [['explain', 'up{cluster=~"team1"}', '1772366400'], 'expected "=": other matchers are not read here, at column 11'],
    [['explain', 'up{cluster="team1"}', 'now'], 'TIME: expected RFC 3339 or Unix seconds, got "now"'],
    [['explain', 'up', '1772366400'], 'a matcher of the label "cluster" is missing'],
  ])('ends with 2 for %j', async (args, message) => {
    const { exit, output } = await ha(...args);
    expect(output).toContain(message);
    expect(exit.code).toBe(2);
  });

  test('does not make a data directory that is missing, and ends with 1', async () => {
    const elsewhere = tempDir('tandem-ha-none');
    const { exit, output } = await runTandem(['ha', 'list'], { cwd: elsewhere.path });
    expect(output).toBe('tandem: cannot open the log: there is none in "data/log"; check storage.path\n');
    expect(exit.code).toBe(1);
    expect(readdirSync(elsewhere.path)).toEqual([]);
    await elsewhere.remove();
  });

  test('says which topic is missing where the log has another prefix, and ends with 1', async () => {
    const { exit, output } = await ha('list', '--stream.kafka.topic-prefix=other.');
    expect(output).toContain('cannot read topic "other.clusters": the log does not have it');
    expect(exit.code).toBe(1);
  });
});

describeWithKafka('tandem ha on Kafka', () => {
  const folder = tempDir('tandem-ha-kafka');
  const prefix = `ha-${Date.now().toString(36)}.`;
  let broker: Kafka;
  let tandem: TandemPeer | undefined;
  const run = (...args: readonly string[]): ReturnType<typeof runTandem> =>
    runTandem([...args, '--config.file=kafka.yaml'], { cwd: folder.path });

  beforeAll(async () => {
    broker = await acquireKafka();
    const brokers = JSON.stringify(broker.brokers);
    const stream = `stream: { driver: kafka, partitions: 2, kafka: { brokers: ${brokers}, topic_prefix: ${prefix} } }`;
    const config = `${CONFIG}\n${stream}\n`;
    await writeFile(join(folder.path, 'kafka.yaml'), config);
    await run('topics', 'create');
    tandem = await launchTandem({ command: 'up', config, dir: folder.path });
    await send(tandem.url, 'team1', 'a');
  }, 120_000);
  afterAll(async () => {
    await tandem?.stop();
    await broker.stop();
    await folder.remove();
  }, 60_000);

  test('lists what was elected, and its elections', async () => {
    await until(async () => (await run('ha', 'list')).output.includes('team1'), { what: 'the cluster' });
    const { output } = await run('ha', 'history', 'team1', '--json');
    expect(JSON.parse(output)).toMatchObject([
      { kind: 'settings', outcome: 'first' },
      { kind: 'election', epoch: 1, replica: 'a', reason: 'first-seen', offset: 0 },
    ]);
  }, 60_000);

  test('whatif and explain read it too', async () => {
    const isOut = async (): Promise<boolean> => {
      const now = String(Math.floor(Date.now() / 1000));
      const { output } = await run('ha', 'explain', 'up{cluster="team1"}', now, '--window=10m');
      return /^20\S+Z +1 +a +20\S+Z +\d+\/0 +emitted under epoch 1: deduped \d+\/0$/m.test(output);
    };
    await until(isOut, { what: 'the sample to come out', timeoutMs: 30_000 });
    const { exit, output } = await run('ha', 'whatif', 'team1', '--failover-timeout=1m');
    expect(output).toMatch(/^elections +1 +1 +-$/m);
    expect(exit.code).toBe(0);
  }, 60_000);

  test('says which topic is missing, makes none, and ends with 1', async () => {
    for (let again = 0; again < 2; again++) {
      const { exit, output } = await run('ha', 'list', '--stream.kafka.topic-prefix=other.');
      expect(output).toContain('cannot read topic "other.clusters": the log does not have it');
      expect(exit.code).toBe(1);
    }
  }, 60_000);

  test('ends with 1 when no broker answers, in about the request timeout', async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const flags = ['--stream.driver=kafka', `--stream.kafka.brokers=${nobody}`, '--stream.kafka.request-timeout=1s'];
    const { exit, output } = await runTandem(['ha', 'list', ...flags], { cwd: folder.path, timeoutMs: 30_000 });
    expect(output).toMatch(/^tandem: .*ECONNREFUSED/m);
    expect(exit.code).toBe(1);
  }, 60_000);
});
