import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  formatAlertmanagerConfig,
  readAlertmanagerConfig,
  type AlertmanagerConfig,
  type ReadOptions,
} from '../src/index.ts';

function config(text: string, options: ReadOptions = {}): AlertmanagerConfig {
  const outcome = readAlertmanagerConfig(text, options);
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('\n'));
  return outcome.config;
}

function problems(text: string, options: ReadOptions = {}): readonly string[] {
  const outcome = readAlertmanagerConfig(text, options);
  return outcome.ok ? [] : outcome.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

const LEAST = 'route:\n  receiver: team\nreceivers:\n  - name: team\n';
const SECRET = 'do-not-tell';
const WITH_SECRETS = `
global:
  smtp_auth_password: ${SECRET}
  slack_api_url: https://hooks.example/${SECRET}
route: {receiver: team}
receivers:
  - name: team
    webhook_configs:
      - url: https://x.example/${SECRET}
        http_config:
          authorization: {credentials: ${SECRET}}
          proxy_url: http://u:${SECRET}@p.example
          proxy_connect_header: {A: [${SECRET}]}
          http_headers: {B: {secrets: [${SECRET}]}}
          tls_config: {cert: c, key: ${SECRET}}
    pagerduty_configs: [{routing_key: ${SECRET}}]
`;

describe('C1: everything that is wrong is said, in the order of the file', () => {
  it('with line and column', () => {
    const text =
      'route:\n  receiver: other\n  group_wait: 1\n  speed: 5\nreceivers:\n  - labels: {}\n    name:\nextra: 1\n';
    expect(problems(text)).toEqual([
      '3:15: not a valid duration string: "1"',
      '4:3: field speed not found in route',
      '6:5: missing name in receiver',
      '8:1: field extra not found in the configuration',
    ]);
  });

  it('what depends on a part that is wrong is not judged', () => {
    expect(problems('route: {receiver: a, continue: perhaps}\nreceivers: [{name: b}]\n')).toHaveLength(1);
  });
});

describe('C2: secrets', () => {
  it('are shown nowhere', () => {
    const read = config(WITH_SECRETS);
    expect(formatAlertmanagerConfig(read)).not.toContain(SECRET);
    expect(formatAlertmanagerConfig(read)).toContain('url: <secret>');
    expect(JSON.stringify(read.receivers[0]?.pagerduty_configs)).not.toContain(SECRET);
    expect(inspect(read.receivers[0]?.webhook_configs[0]?.url)).not.toContain(SECRET);
    expect(read.receivers[0]?.webhook_configs[0]?.url.reveal()).toBe(`https://x.example/${SECRET}`);
  });

  it.each([
    `https://x.example:${SECRET}/`,
    `ftp://${SECRET}.example/`,
    `https://x.example/%${SECRET}`,
    `{{ ${SECRET} }`,
  ])('a url that is refused is not shown: %#', (url) => {
    const text = `${LEAST}    webhook_configs: [{url: '${url}'}]\n`.replaceAll(SECRET, 'zz-tell');
    expect(problems(text)).toHaveLength(1);
    expect(problems(text).join('')).not.toContain(url.replaceAll(SECRET, 'zz-tell'));
  });
});

describe('C3: defaults and inheritance', () => {
  it('the least file has all of the defaults', () => {
    const read = config(LEAST);
    expect(read.global).toMatchObject({ resolve_timeout: 300_000, smtp_hello: 'localhost', smtp_require_tls: true });
    expect(read.receivers[0]?.labels).toEqual(new Map([['name', 'team']]));
  });

  it('null takes a default away', () => {
    const read = config(`${LEAST}    webhook_configs: [{url: http://x.example, send_resolved: }]\n`);
    expect(read.receivers[0]?.webhook_configs[0]?.send_resolved).toBe(false);
  });

  it('paths are resolved from the directory where upstream does', () => {
    const text = `${LEAST}    webhook_configs: [{url_file: u, http_config: {bearer_token_file: b}}]\ntemplates: [t]\n`;
    const read = config(text, { resolvePath: (path) => `/etc/${path}` });
    expect(read.templates).toEqual(['/etc/t']);
    expect(read.receivers[0]?.webhook_configs[0]).toMatchObject({
      url_file: 'u',
      http_config: { authorization: { credentials_file: '/etc/b' } },
    });
  });
});

describe('C4: modes', () => {
  const utf8 = LEAST.replace('team\n', 'team\n  group_by: [ü]\n');
  it('classic refuses what is UTF-8', () => {
    expect(problems(utf8, { mode: 'classic' })).toEqual(['3:3: invalid label name "ü" in group_by list']);
    expect(problems(utf8)).toEqual([]);
  });

  it('utf8-strict refuses what only the classic syntax reads', () => {
    const classic = LEAST.replace('team\n', 'team\n  routes: [{matchers: ["a=b c"]}]\n');
    expect(problems(classic, { mode: 'utf8-strict' })).toEqual([
      '3:24: 4:5: unexpected c: expected a comma or close brace',
    ]);
    const outcome = readAlertmanagerConfig(classic);
    expect(outcome.ok && outcome.warnings).toHaveLength(1);
  });
});

describe('C5: any text', () => {
  it('is read or refused, never more', () => {
    const piece = fc.constantFrom(
      ...['route', 'receivers', 'name', 'global', 'routes', ': ', '\n', '  ', '- ', '[', ']', '{', '}', ','],
      ...['a', '&a ', '*a', '<<: ', '"', "'", '|', '>', '~', '5', '!!str ', '? ', '#', '\t', '---\n', '%', '@'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const outcome = readAlertmanagerConfig(pieces.join(''));
        expect(outcome.ok || outcome.problems.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('what is printed is read again, and printed the same', () => {
    const printed = formatAlertmanagerConfig(config(WITH_SECRETS));
    expect(formatAlertmanagerConfig(config(printed))).toBe(printed);
  });
});
