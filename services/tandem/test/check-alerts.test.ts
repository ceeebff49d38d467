import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';
import { buildRoutes, TimeIntervals } from '@tandem/alerting';
import {
  namedTimeIntervals,
  readAlertmanagerConfig,
  routeSpec,
  type AlertmanagerConfig,
} from '@tandem/alertmanager-config';
import { unsendableReceivers } from '@tandem/receivers';
import { tempDir } from '@tandem/testing';

import { checkFile, isUsable } from '../src/alerts/check-file.ts';
import { checkReport } from '../src/alerts/check-report.ts';
import { BadPattern, glob } from '../src/alerts/glob.ts';
import { isExpected, parseAlertLabels, testRoute } from '../src/alerts/route-test.ts';
import { matchingTree, routeTree } from '../src/alerts/route-tree.ts';
import { BAD_FILES } from './alertmanager/bad-files.ts';
import { BAD_GLOBAL } from './alertmanager/bad-global.ts';
import { BAD_RECEIVERS } from './alertmanager/bad-receivers.ts';
import { GOOD_FILES } from './alertmanager/good-files.ts';

const dir = tempDir('check-alerts');
afterAll(() => dir.remove());

function write(name: string, text: string): string {
  const file = path.join(dir.path, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function config(text: string): AlertmanagerConfig {
  const outcome = readAlertmanagerConfig(text);
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('\n'));
  return outcome.config;
}

const EXAMPLE = `
route:
  receiver: default
  group_by: [alertname]
  routes:
    - matchers: [team="db"]
      receiver: db
      continue: true
      mute_time_intervals: [nights]
    - matchers: ['env=~"prod|test"']
      receiver: ops
      active_time_intervals: [nights]
      routes:
        - {matchers: [severity="page"], group_by: ['...']}
receivers: [{name: default}, {name: db}, {name: ops}, {name: mail, email_configs: [{to: a, from: b, smarthost: 'c:25'}]}]
time_intervals: [{name: nights, time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}]}]}]
`;

describe('a file that Alertmanager refuses', () => {
  it.each([...BAD_FILES, ...BAD_GLOBAL, ...BAD_RECEIVERS])('is refused with its place: $name', ({ text, says, at }) => {
    const outcome = readAlertmanagerConfig(text);
    const problems = outcome.ok ? [] : outcome.problems;
    expect(problems.map(({ line, column, message }) => `${line}:${column}: ${message}`).join('\n')).toContain(
      `${at}: `,
    );
    expect(
      problems.filter(({ message }) => message.includes(says)).map(({ line, column }) => `${line}:${column}`),
    ).toContain(at);
  });
});

describe('a file that Alertmanager takes', () => {
  it.each(GOOD_FILES)('is taken: $name', ({ text }) => {
    expect(readAlertmanagerConfig(text)).toMatchObject({ ok: true });
  });
});

describe('the report', () => {
  it('says what was found', () => {
    const checked = checkFile(write('found/am.yml', EXAMPLE), 'default');
    expect(isUsable(checked)).toBe(true);
    expect(checkReport(checked).split('\n')).toEqual([
      `Checking '${checked.file}'  SUCCESS`,
      ...['Found:', ' - global config', ' - route', ' - 0 inhibit rules', ' - 4 receivers', ' - 0 templates', ''],
    ]);
    expect(checked.warnings).toEqual([
      'receiver "mail" cannot be sent to yet: email_configs (of the integrations, webhook_configs can); no route names it',
    ]);
  });

  it('lists what is wrong by place', () => {
    const file = write('wrong/am.yml', 'route: {receiver: a, speed: 5, group_wait: x}\n');
    expect(checkReport(checkFile(file, 'default'))).toBe(
      [
        `Checking '${file}'  FAILED:`,
        `  ${file}:1:22: field speed not found in route`,
        `  ${file}:1:44: not a valid duration string: "x"`,
        '',
      ].join('\n'),
    );
  });

  it('a file that is not there is a problem', () => {
    const checked = checkFile(path.join(dir.path, 'nowhere.yml'), 'default');
    expect(isUsable(checked)).toBe(false);
    expect(checked.problems.join('')).toContain('ENOENT');
  });

  it('names the receivers of routes that cannot be sent to', () => {
    const unsendable = unsendableReceivers(config(EXAMPLE.replace('receiver: ops', 'receiver: mail')));
    expect(unsendable.unused).toEqual([]);
    expect(unsendable.refused).toEqual([
      'receiver "mail" cannot be sent to yet: email_configs (of the integrations, webhook_configs can)',
    ]);
  });
});

describe('templates', () => {
  const withTemplates = (patterns: string): string => `${EXAMPLE}templates: [${patterns}]\n`;

  it('are found by their patterns from the file’s directory, and checked', () => {
    write('templates/t/a.tmpl', '{{ define "a" }}{{ .Status | toUpper }}{{ end }}');
    const bad = write('templates/t/b.tmpl', '{{ define "b" }}{{ .Status | shout }}{{ end }}');
    const checked = checkFile(write('templates/am.yml', withTemplates('t/*.tmpl, missing/*.tmpl')), 'default');
    expect(checked.templateProblems).toEqual([`${bad}: function "shout" not defined`]);
    expect(checkReport(checked)).toContain(` - 2 templates\n  FAILED: ${bad}: function "shout" not defined`);
  });

  it('a pattern that is none is refused', () => {
    const checked = checkFile(write('pattern/am.yml', withTemplates("'[a'")), 'default');
    expect(checked.templateProblems).toEqual([`${path.join(dir.path, 'pattern/[a')}: syntax error in pattern`]);
  });

  it.each([
    ['*.tmpl', ['a.tmpl', 'b.tmpl']],
    ['?.tmpl', ['a.tmpl', 'b.tmpl']],
    ['[^a].tmpl', ['b.tmpl']],
    ['[a-b].t*l', ['a.tmpl', 'b.tmpl']],
    [String.raw`\a.tmpl`, ['a.tmpl']],
    ['a.tmpl', ['a.tmpl']],
    ['c.tmpl', []],
    ['*', ['a.tmpl', 'b.tmpl', 'c.txt']],
  ])('the pattern %s finds %j', (pattern, names) => {
    for (const name of ['a.tmpl', 'b.tmpl', 'c.txt']) write(`glob/${name}`, '');
    const base = path.join(dir.path, 'glob');
    expect(glob(path.join(base, pattern))).toEqual(names.map((name) => path.join(base, name)));
  });

  it.each(['[', '[]a]', 'a\\'])('%s is no pattern', (pattern) => {
    expect(() => glob(pattern)).toThrow(BadPattern);
  });
});

describe('an alert sent through the tree', () => {
  const read = config(EXAMPLE);
  const root = buildRoutes(routeSpec(read.route));
  const times = new TimeIntervals(namedTimeIntervals(read));
  const test = (labels: string, time: string): ReturnType<typeof testRoute> => {
    const parsed = parseAlertLabels(labels, 'default');
    if (!parsed.ok) throw new Error(parsed.error);
    return testRoute(root, parsed.value, times, Date.parse(time));
  };

  it('goes to its receivers in order', () => {
    const { receivers } = test('team=db,env=prod', '2026-11-20T12:00:00Z');
    expect(receivers).toEqual(['db', 'ops']);
    expect(isExpected(receivers, 'db,ops')).toBe(true);
    expect(isExpected(receivers, 'ops,db')).toBe(false);
  });

  it('is shown with its route, group and timing, and whether it is muted then', () => {
    expect(test('team=db,alertname=X', '2026-11-20T01:00:00Z').details.split('\n')).toEqual([
      'receiver                     db',
      'route                        {}/{team="db"}/0',
      'group by                     alertname',
      'group key                    {}/{team="db"}:{alertname="X"}',
      'wait                         30s',
      'interval                     5m',
      'repeat                       4h',
      'at 2026-11-20T01:00:00.000Z  muted: it is within "nights"',
    ]);
  });

  it.each([
    ['team=db', '2026-11-20T12:00:00Z', 'notifies'],
    ['env=prod', '2026-11-20T12:00:00Z', 'muted: it is not within "nights"'],
    ['env=prod', '2026-11-20T01:00:00Z', 'notifies'],
    // The interval's names are not inherited.
    ['env=prod,severity=page', '2026-11-20T12:00:00Z', 'notifies'],
  ])('%s at %s: %s', (labels, time, expected) => {
    expect(test(labels, time).details).toContain(expected);
  });

  it.each([
    ['team!=db', 'labels must be given as name=value pairs'],
    ['team', 'bad matcher format: team'],
  ])('labels that are none are refused: %s', (labels, error) => {
    expect(parseAlertLabels(labels, 'default')).toEqual({ ok: false, error });
  });

  it('draws the tree, and the part that is taken', () => {
    expect(routeTree(root).split('\n')).toEqual([
      'Routing tree:',
      '.',
      '└── default-route  receiver: default',
      '    ├── {team="db"}  continue: true  receiver: db',
      '    └── {env=~"prod|test"}  receiver: ops',
      '        └── {severity="page"}  receiver: ops',
    ]);
    const labels = new Map([
      ['team', 'db'],
      ['env', 'test'],
    ]);
    expect(matchingTree(root, labels).split('\n')).toEqual([
      'Matching routes:',
      '.',
      '└── default-route',
      '    ├── {team="db"}  receiver: db',
      '    └── {env=~"prod|test"}  receiver: ops',
    ]);
  });
});
