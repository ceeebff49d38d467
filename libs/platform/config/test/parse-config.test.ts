import { describe, expect, test } from '@jest/globals';
import {
  address,
  configHash,
  configKeys,
  duration,
  formatProblem,
  parseConfig,
  printConfig,
  secretKeys,
  secretUrl,
  section,
  size,
  url,
  type ConfigSources,
} from '../src/index.ts';
import { z } from 'zod';

const schema = section({
  web: section({ listen_address: address().prefault(':9460').describe('Where to listen.') }),
  stream: section({
    driver: z.enum(['embedded', 'kafka']).default('embedded').describe('Which log.'),
    kafka: section({
      brokers: z.array(z.string()).default([]).describe('Brokers.'),
      partitions: z.int().min(1).default(12),
      tls: z.boolean().default(false),
      ...secretKeys('password', 'Password of the user.'),
    }),
    max_bytes: size().prefault('16MiB'),
  }),
  lease: section({ url: secretUrl(['redis', 'rediss']).optional() }),
  dedup: section({
    update_timeout: duration().prefault('15s'),
    failover_timeout: duration().prefault('30s'),
    max_clusters: z.int().default(0),
  }).refine((dedup) => dedup.update_timeout < dedup.failover_timeout, {
    path: ['update_timeout'],
    message: 'must be shorter than failover_timeout',
  }),
  forward: section({
    targets: z
      .array(
        section({
          name: z.string().min(1),
          url: url(),
          labels: z.record(z.string(), z.string()).default({}),
          ...secretKeys('token', 'Bearer token.'),
        }),
      )
      .default([]),
  }),
});

type Given = Partial<ConfigSources>;

const parse = (given: Given) => parseConfig(schema, { file: 'tandem.yaml', text: '', env: {}, argv: [], ...given });

function config(given: Given) {
  const outcome = parse(given);
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  return outcome.config;
}

function problems(given: Given): readonly string[] {
  const outcome = parse(given);
  return outcome.ok ? [] : outcome.problems.map(formatProblem);
}

describe('where values come from', () => {
  test('defaults are there without any source, compiled', () => {
    expect(config({})).toEqual({
      web: { listen_address: { host: '', port: 9460 } },
      stream: {
        driver: 'embedded',
        kafka: { brokers: [], partitions: 12, tls: false },
        max_bytes: 16 * 1024 * 1024,
      },
      lease: {},
      dedup: { update_timeout: 15_000, failover_timeout: 30_000, max_clusters: 0 },
      forward: { targets: [] },
    });
  });

  test('a flag wins over the environment, that over the file, that over the default', () => {
    const text = 'dedup: { failover_timeout: 1m, update_timeout: 10s, max_clusters: 1 }';
    const env = { TANDEM_DEDUP_UPDATE_TIMEOUT: '20s', TANDEM_DEDUP_MAX_CLUSTERS: '2' };
    const { dedup } = config({ text, env, argv: ['--dedup.max-clusters=3'] });
    expect(dedup).toEqual({ failover_timeout: 60_000, update_timeout: 20_000, max_clusters: 3 });
  });

  test('lists are separated by commas in flags and environment, and a repeated flag adds to its list', () => {
    expect(config({ env: { TANDEM_STREAM_KAFKA_BROKERS: 'a:9092, b:9092' } }).stream.kafka.brokers).toEqual([
      'a:9092',
      'b:9092',
    ]);
    const argv = ['--stream.kafka.brokers', 'a:1', '--stream.kafka.brokers=b:2,c:3'];
    expect(config({ argv }).stream.kafka.brokers).toEqual(['a:1', 'b:2', 'c:3']);
  });

  test('a boolean flag needs no value and can be negated', () => {
    expect(config({ argv: ['--stream.kafka.tls'] }).stream.kafka.tls).toBe(true);
    expect(config({ env: { TANDEM_STREAM_KAFKA_TLS: 'true' }, argv: ['--no-stream.kafka.tls'] }).stream.kafka.tls).toBe(
      false,
    );
    expect(config({ argv: ['--stream.kafka.tls=false'] }).stream.kafka.tls).toBe(false);
  });

  test('an empty variable and a key without a value count as not given', () => {
    const text = 'stream:\ndedup:\n  max_clusters:\n';
    expect(config({ text, env: { TANDEM_DEDUP_MAX_CLUSTERS: '' } }).dedup.max_clusters).toBe(0);
  });
});

describe('problems', () => {
  test('an unknown key is refused with line, column and the nearest name', () => {
    const text = 'web:\n  listen_address: ":1"\ndedup:\n  failover_timout: 30s\n';
    expect(problems({ text })).toEqual([
      'tandem.yaml:4:3: unknown key "failover_timout" in dedup: did you mean "failover_timeout"?',
    ]);
  });

  test('all problems of all sources are reported at once', () => {
    const text = 'dedup:\n  update_timeout: 30\nwob: {}\nforward:\n  targets:\n    - name: a\n      url: x\n    - {}\n';
    const env = { TANDEM_STREAM_MAX_BYTES: 'big' };
    const argv = ['--stream.driver=kafak', '--web.listen-adress=:1', '--stream.kafka.partitions=0'];
    expect(problems({ text, env, argv })).toEqual([
      '--web.listen-adress: unknown flag: did you mean "--web.listen-address"?',
      '--stream.driver: stream.driver: expected one of embedded, kafka, got "kafak": did you mean "kafka"?',
      '--stream.kafka.partitions: stream.kafka.partitions: expected at least 1, got 0',
      'TANDEM_STREAM_MAX_BYTES: stream.max_bytes: expected a size such as 512KiB, 16MiB or 1GiB, got "big"',
      'tandem.yaml:2:3: dedup.update_timeout: expected a duration such as 30s, 1m30s or 100ms, got 30',
      'tandem.yaml:7:7: forward.targets[0].url: expected a URL such as http://host/path (http, https), without credentials in it, got "x"',
      'tandem.yaml:8:7: forward.targets[1].name: is missing: expected text (in quotes when it looks like a number)',
      'tandem.yaml:8:7: forward.targets[1].url: is missing: expected a URL such as http://host/path (http, https), without credentials in it',
      'tandem.yaml:3:1: unknown key "wob": did you mean "web"?',
    ]);
  });

  test('a rule across keys is reported at the key it is about', () => {
    expect(problems({ text: 'dedup:\n  update_timeout: 40s' })).toEqual([
      'tandem.yaml:2:3: dedup.update_timeout: must be shorter than failover_timeout',
    ]);
  });
});
