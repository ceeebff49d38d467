import { describe, expect, test } from '@jest/globals';
import {
  address,
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

describe('the file', () => {
  test.each([
    ['web: [', 'tandem.yaml:1:7: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['dedup: {}\ndedup: {}\n', 'tandem.yaml:2:1: Map keys must be unique'],
    ['- a\n', 'tandem.yaml: expected sections of keys at the top'],
    ['web: 5\n', 'tandem.yaml:1:1: web: expected a section of keys, got 5'],
    ['dedup:\n  max_clusters: many\n', 'tandem.yaml:2:3: dedup.max_clusters: expected a number, got "many"'],
    ['dedup:\n  max_clusters: 1.5\n', 'tandem.yaml:2:3: dedup.max_clusters: expected a whole number, got 1.5'],
    ['__proto__: { x: 1 }\n', 'tandem.yaml:1:1: unknown key "__proto__"'],
    ['web:\n  constructor: 1\n', 'tandem.yaml:2:3: unknown key "constructor" in web'],
    ['lease:\n  url: http://h\n', 'tandem.yaml:2:3: lease.url: expected a URL of redis, rediss'],
  ])('%j is refused', (text, problem) => {
    expect(problems({ text })).toEqual([problem]);
  });

  test('that cannot be read is a problem, as is what the flag or the variable names', () => {
    const unread = (given: Given) => {
      const outcome = parseConfig(schema, { env: {}, argv: [], ...given });
      return outcome.ok ? [] : outcome.problems.map(({ where }) => where);
    };
    expect(unread({ file: '/nowhere/a.yaml' })).toEqual(['/nowhere/a.yaml']);
    expect(unread({ file: '/nowhere/a.yaml', env: { TANDEM_CONFIG_FILE: '/nowhere/b.yaml' } })).toEqual([
      '/nowhere/b.yaml',
    ]);
    const argv = ['--config.file=/nowhere/c.yaml'];
    expect(unread({ argv, env: { TANDEM_CONFIG_FILE: '/nowhere/b.yaml' } })).toEqual(['/nowhere/c.yaml']);
  });

  test('takes values from the environment, and names what is not set', () => {
    const text = 'stream:\n  kafka:\n    brokers: ${BROKERS}\n    partitions: ${N}\n    password: a$${b}$\n';
    const { kafka } = config({ text, env: { BROKERS: 'a:1,b:2', N: '3' } }).stream;
    expect([kafka.brokers, kafka.partitions, kafka.password?.reveal()]).toEqual([['a:1', 'b:2'], 3, 'a${b}$']);
    expect(problems({ text, env: { BROKERS: 'a' } })).toEqual(['tandem.yaml:4:17: environment variable N is not set']);
  });

  test('may use anchors, and a bomb made of them is refused', () => {
    const shared = 'stream: { kafka: { brokers: &b [a] } }\nforward: { targets: [] }\n';
    expect(config({ text: shared }).stream.kafka.brokers).toEqual(['a']);
    let bomb = 'a0: &a0 [x,x,x,x,x,x,x,x,x]\n';
    for (let n = 1; n < 9; n++) bomb += `a${n}: &a${n} [${Array.from({ length: 9 }, () => `*a${n - 1}`).join(',')}]\n`;
    expect(problems({ text: bomb })).toEqual([expect.stringContaining('alias')]);
  });
});

describe('secrets', () => {
  const text = 'forward:\n  targets:\n    - { name: a, url: "http://h", token_file: t }\n';

  test('are read from their file, relative to the configuration, without its last line break', () => {
    const readFile = (path: string) => (path === '/etc/tandem/t' ? 'hunter2\n' : '');
    const { targets } = config({ text, file: '/etc/tandem/tandem.yaml', readFile }).forward;
    expect(targets[0]?.token?.reveal()).toBe('hunter2');
  });

  test('given twice are refused, unless one source is stronger', () => {
    const both = 'stream:\n  kafka:\n    password: a\n    password_file: b\n';
    expect(problems({ text: both })).toEqual([
      'tandem.yaml:4:5: stream.kafka.password_file: password is given as well: only one of them can be',
    ]);
    const file = 'stream: { kafka: { password_file: b } }';
    const env = { TANDEM_STREAM_KAFKA_PASSWORD: 'from env' };
    expect(config({ text: file, env }).stream.kafka.password?.reveal()).toBe('from env');
    const argv = ['--stream.kafka.password-file=f'];
    expect(config({ env, argv, readFile: () => 'from file' }).stream.kafka.password?.reveal()).toBe('from file');
  });

  test('whose file cannot be read are a problem with the place', () => {
    const readFile = () => {
      throw new Error('ENOENT: no such file');
    };
    expect(problems({ text, readFile })).toEqual([
      'tandem.yaml:3:35: forward.targets[0].token_file: cannot read the file: ENOENT: no such file',
    ]);
  });

  test('do not show in problems, nor in the configuration printed', () => {
    const bad = 'stream: { kafka: { password: 123456 } }\nlease: { url: "redis:/:hunter2" }\n';
    const shown = problems({ text: bad });
    expect(shown).toHaveLength(2);
    expect(shown.join('\n')).not.toMatch(/123456|hunter2/u);
    const good = config({ text: 'stream: { kafka: { password: hunter2 } }\nlease: { url: "redis://:hunter2@h" }' });
    expect(JSON.stringify(good)).not.toContain('hunter2');
    expect(printConfig(schema, good)).not.toContain('hunter2');
  });
});

describe('the environment', () => {
  test('an unknown variable is a warning with the nearest name, those of Kubernetes and of others are none', () => {
    const env = { TANDEM_STREAM_DRIVR: 'x', TANDEM_SERVICE_HOST: '10.0.0.1', TANDEM_PORT_9460_TCP_ADDR: 'x', PATH: '' };
    const outcome = parse({ env });
    expect(outcome.ok && outcome.warnings.map(formatProblem)).toEqual([
      'TANDEM_STREAM_DRIVR: unknown environment variable: did you mean "TANDEM_STREAM_DRIVER"?',
    ]);
  });
});

describe('flags', () => {
  test.each([
    [['--stream.driver'], '--stream.driver: a value is missing: --stream.driver=…'],
    [['--stream.driver=kafka', '--stream.driver=kafka'], '--stream.driver: given more than once'],
    [['up'], 'up: unexpected argument'],
    [['-v'], '-v: unknown flag'],
    [['--forward.targets=x'], '--forward.targets: unknown flag'],
    [['--no-stream.driver'], '--no-stream.driver: unknown flag: did you mean "--stream.driver"?'],
    [['--stream.kafka.tls=maybe'], '--stream.kafka.tls: stream.kafka.tls: expected true or false, got "maybe"'],
  ])('%j', (argv, problem) => {
    expect(problems({ argv })).toEqual([problem]);
  });
});

describe('the compiled configuration', () => {
  test('is frozen all the way down', () => {
    const compiled = config({ text: 'forward: { targets: [{ name: a, url: "http://h", labels: { x: y } }] }' });
    const target = compiled.forward.targets[0];
    expect([compiled, compiled.stream.kafka.brokers, target, target?.labels].every(Object.isFrozen)).toBe(true);
  });

  test('is printed as a file that reads back the same', () => {
    const text = 'dedup: { failover_timeout: 1m30s }\nforward: { targets: [{ name: a, url: "http://h/x" }] }\n';
    const compiled = config({ text, argv: ['--stream.kafka.brokers=a:1,b:2', '--web.listen-address=127.0.0.1:0'] });
    const printed = printConfig(schema, compiled);
    expect(printed).toContain('failover_timeout: 1m30s');
    expect(printed).toContain('max_bytes: 16MiB');
    expect(config({ text: printed })).toEqual(compiled);
  });
});

describe('the table of keys', () => {
  const rows = new Map(configKeys(schema).map((row) => [row.path, row]));

  test('has flag, variable, type, default and description of each', () => {
    expect(rows.get('web.listen_address')).toEqual({
      path: 'web.listen_address',
      flag: '--web.listen-address',
      env: 'TANDEM_WEB_LISTEN_ADDRESS',
      type: 'address',
      default: ':9460',
      required: false,
      secret: false,
      description: 'Where to listen.',
    });
    expect(rows.get('stream.driver')).toMatchObject({ type: 'embedded|kafka', default: 'embedded' });
    expect(rows.get('stream.kafka.brokers')).toMatchObject({ type: 'list of string', description: 'Brokers.' });
    expect(rows.get('stream.kafka.partitions')).toMatchObject({ type: 'integer', default: '12' });
    expect(rows.get('stream.kafka.password')).toMatchObject({ type: 'secret', secret: true, default: undefined });
    expect(rows.get('dedup.update_timeout')).toMatchObject({ type: 'duration', default: '15s' });
  });

  test('gives what the file alone can say without flag and variable', () => {
    for (const path of ['forward.targets', 'forward.targets[].url', 'forward.targets[].labels']) {
      expect(rows.get(path)).toMatchObject({ flag: undefined, env: undefined });
    }
    expect(rows.get('forward.targets[].name')).toMatchObject({ required: true });
  });
});

test('a schema in which two keys have the same variable is refused', () => {
  const ambiguous = section({
    a: section({ b_c: z.string().default('') }),
    a_b: section({ c: z.string().default('') }),
  });
  expect(() => parseConfig(ambiguous, { env: {}, argv: [] })).toThrow('the same variable TANDEM_A_B_C');
});
