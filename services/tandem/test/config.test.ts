import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { configKeys, formatProblem, parseConfig, printConfig } from '@tandem/config';

import { dedupSettings, forwardSettings, ingestSettings } from '../src/compose/settings.ts';
import { topicOptions } from '../src/compose/topics.ts';
import { configFromText } from '../src/config/load.ts';
import { tandemSchema } from '../src/config/schema.ts';

/** Any file there is. */
const SECRET_FILE = fileURLToPath(import.meta.url);

function problemsOf(text: string, argv: readonly string[] = [], env: Readonly<Record<string, string>> = {}): string[] {
  const outcome = parseConfig(tandemSchema, { file: 'tandem.yaml', text, argv, env });
  return outcome.ok ? [] : outcome.problems.map(formatProblem);
}

describe('the configuration', () => {
  it('needs nothing: its defaults are one machine without anything else', () => {
    const config = configFromText('');
    expect([config.stream.driver, config.lease.driver]).toEqual(['embedded', 'embedded']);
    expect(config.storage.path).toBe('data');
  });

  it('has the defaults of the HA tracker', () => {
    expect(configFromText('').dedup).toMatchObject({
      cluster_label: 'cluster',
      replica_label: '__replica__',
      update_timeout: 15_000,
      update_timeout_jitter: 5000,
      failover_timeout: 30_000,
      failover_sample_timeout: 0,
      max_clusters: 100,
    });
  });

  it('takes brokers from a flag, from the environment and from the file, in that order', () => {
    const text = 'stream: { kafka: { brokers: [file:9092] } }';
    const env = { TANDEM_STREAM_KAFKA_BROKERS: 'env-1:9092,env-2:9092' };
    const brokers = (argv: readonly string[], variables: Readonly<Record<string, string>>): unknown => {
      const outcome = parseConfig(tandemSchema, { text, argv, env: variables });
      return outcome.ok && outcome.config.stream.kafka.brokers;
    };
    expect(brokers(['--stream.kafka.brokers=flag:9092'], env)).toEqual(['flag:9092']);
    expect(brokers([], env)).toEqual(['env-1:9092', 'env-2:9092']);
    expect(brokers([], {})).toEqual(['file:9092']);
  });

  it('gives ingest and dedup the same list of spread clusters', () => {
    const config = configFromText(
      'stream: { spread: [{ cluster: big, shards: 4 }, { tenant: t, cluster: big, shards: 1 }] }',
    );
    const spread = [
      { tenant: 'anonymous', cluster: 'big', shards: 4 },
      { tenant: 't', cluster: 'big', shards: 1 },
    ];
    expect([ingestSettings(config).spread, dedupSettings(config).spread]).toEqual([spread, spread]);
  });

  it.each([
    ['is no power of two', '[{ cluster: big, shards: 3 }]', 'power of two'],
    ['is too large', '[{ cluster: big, shards: 128 }]', 'at most 64'],
    [
      'is of a cluster that is listed twice',
      '[{ cluster: big, shards: 2 }, { cluster: big, shards: 4 }]',
      'listed twice',
    ],
  ])('refuses a number of shards that %s', (_, list, problem) => {
    expect(problemsOf(`stream: { spread: ${list} }`)).toEqual([expect.stringContaining(problem)]);
  });

  it('names line and nearest name of an unknown key', () => {
    expect(problemsOf('dedup:\n  failover_timout: 10s\n')).toEqual([
      'tandem.yaml:2:3: unknown key "failover_timout" in dedup: did you mean "failover_timeout"?',
    ]);
  });

  it.each([
    ['kafka without a broker', 'stream: { driver: kafka }', 'at least one broker'],
    ['redis without an address', 'lease: { driver: redis }', 'url, sentinels or cluster_nodes'],
    ['two addresses of redis', 'lease: { redis: { url: "redis://r", sentinels: ["s:1"] } }', 'one of url'],
    ['sasl without a password', 'stream: { kafka: { sasl: { mechanism: plain, username: u } } }', 'password'],
    [
      'two targets of one name',
      'forward: { targets: [{name: a, url: "http://h"}, {name: a, url: "http://h"}] }',
      'different name',
    ],
    [
      'two ways of authentication',
      'forward: { targets: [{name: a, url: "http://h", bearer_token_file: f, basic_auth: {username: u}}] }',
      'one way',
    ],
    ['a failover timeout below update timeout and jitter', 'dedup: { failover_timeout: 20s }', 'failover_timeout'],
    [
      'a target that is to speak 2.0',
      'forward: { targets: [{name: a, url: "http://h", protobuf_message: io.prometheus.write.v2.Request}] }',
      'prometheus.WriteRequest',
    ],
  ])('refuses %s', (_name, text, expected) => {
    expect(problemsOf(text).join('\n')).toContain(expected);
  });

  it('names files that cannot be read, before anything is started', () => {
    const text = 'forward: { targets: [{ name: a, url: "http://h", tls: { ca_file: /nope/ca.pem } }] }';
    expect(() => configFromText(text)).toThrow('forward.targets[0].tls.ca_file: cannot read the file: ENOENT');
  });

  it('describes every key', () => {
    expect(
      configKeys(tandemSchema)
        .filter(({ description }) => description === '')
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('never prints a secret', () => {
    const config = configFromText(`
stream: { kafka: { sasl: { mechanism: plain, username: u, password: hunter2 } } }
lease: { redis: { url: "redis://u:hunter2@redis:6379", sentinel_password: hunter2 } }
forward: { targets: [{ name: a, url: "http://h", basic_auth: { username: u, password: hunter2 },
  headers: { Authorization: hunter2 } }, { name: b, url: "http://u:hunter2@h?token=hunter2" }] }
`);
    expect(printConfig(tandemSchema, config)).not.toContain('hunter2');
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});

describe('what services are told', () => {
  const config = configFromText(`
stream: { partitions: 3, kafka: { topic_prefix: t., replication_factor: 2 } }
ingest: { tenant_header: X-Tenant }
dedup: { replica_label: replica }
forward:
  targets:
    - name: a
      url: http://h:1/w
      timeout: 5s
      basic_auth: { username: u, password_file: ${JSON.stringify(SECRET_FILE)} }
      tls: { ca_file: ${JSON.stringify(SECRET_FILE)} }
`);

  it('gives ingest the labels of dedup and headers in lower case', () => {
    expect(ingestSettings(config)).toMatchObject({
      topic: 't.samples',
      replicaLabel: 'replica',
      tenantHeader: 'x-tenant',
    });
  });

  it('gives dedup its group and limits', () => {
    expect(dedupSettings(config)).toMatchObject({ group: 't.dedup', replicaLabel: 'replica' });
  });

  it('gives forward its targets with how to reach them', () => {
    expect(forwardSettings(config).targets).toEqual([
      {
        name: 'a',
        client: {
          url: 'http://h:1/w',
          timeoutMs: 5000,
          headers: {},
          auth: { kind: 'basic', username: 'u', passwordFile: SECRET_FILE },
          tls: { caFile: SECRET_FILE, insecureSkipVerify: false },
        },
      },
    ]);
  });

  it('lays out topics as configured', () => {
    expect(topicOptions(config)).toEqual({
      prefix: 't.',
      partitions: 3,
      replicationFactor: 2,
      samplesRetentionMs: 6 * 3_600_000,
    });
  });
});
