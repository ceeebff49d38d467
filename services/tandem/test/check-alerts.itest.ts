import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildRoutes, matchRoutes } from '@tandem/alerting';
import { formatAlertmanagerConfig, readAlertmanagerConfig, routeSpec } from '@tandem/alertmanager-config';
import {
  acquireBinary,
  freePort,
  launch,
  program,
  runTandem,
  runToEnd,
  tempDir,
  until,
  type LaunchedProcess,
} from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { parseAlertLabels } from '../src/alerts/route-test.ts';
import { matchingTree, routeTree } from '../src/alerts/route-tree.ts';
import { BAD_FILES } from './alertmanager/bad-files.ts';
import { BAD_GLOBAL } from './alertmanager/bad-global.ts';
import { BAD_RECEIVERS } from './alertmanager/bad-receivers.ts';
import { GOOD_FILES } from './alertmanager/good-files.ts';
import { ROUTED_ALERTS, ROUTING } from './alertmanager/routing.ts';

const AMTOOL = { binary: 'amtool' };
const ALERTMANAGER = { binary: 'alertmanager' };

const dir = tempDir('check-alerts-peers');
afterAll(() => dir.remove());

function write(name: string, text: string): string {
  const file = path.join(dir.path, name);
  writeFileSync(file, text);
  return file;
}

const describeWithAmtool = await requires(program(AMTOOL));

describeWithAmtool('amtool and Tandem agree', () => {
  let command = '';
  const amtool = async (...args: readonly string[]): Promise<string> =>
    (await runToEnd({ name: `amtool ${args[0] ?? ''}`, command, args })).output;

  beforeAll(async () => {
    command = await acquireBinary(AMTOOL);
  });

  /** What `amtool check-config` says of each of the files, in their order. */
  async function verdicts(name: string, files: readonly { readonly text: string }[]): Promise<readonly string[]> {
    const paths = files.map(({ text }, index) => write(`${name}-${index}.yml`, text));
    const output = await amtool('check-config', ...paths);
    return output.split("Checking '").slice(1);
  }

  it('that these files are bad, and why', async () => {
    const files = [...BAD_FILES, ...BAD_GLOBAL, ...BAD_RECEIVERS];
    const said = await verdicts('bad', files);
    expect(said).toHaveLength(files.length);
    for (const [index, { name, text, says }] of files.entries()) {
      expect([name, said[index]]).toEqual([name, expect.stringContaining(says)]);
      expect([name, said[index]?.includes('  SUCCESS')]).toEqual([name, false]);
      expect([name, readAlertmanagerConfig(text).ok]).toEqual([name, false]);
    }
  }, 60_000);

  it('that these files are good', async () => {
    const said = await verdicts('good', GOOD_FILES);
    for (const [index, { name, text }] of GOOD_FILES.entries()) {
      // Of templates nothing is there to be found.
      expect([name, said[index]]).toEqual([name, expect.stringContaining('  SUCCESS')]);
      expect([name, readAlertmanagerConfig(text).ok]).toEqual([name, true]);
    }
  }, 60_000);

  describe('where alerts go', () => {
    const outcome = readAlertmanagerConfig(ROUTING);
    if (!outcome.ok) throw new Error('the tree is refused');
    const root = buildRoutes(routeSpec(outcome.config.route));

    it('as a tree', async () => {
      const file = write('routing.yml', ROUTING);
      const drawn = await amtool('config', 'routes', 'show', `--config.file=${file}`);
      expect(drawn.trimEnd()).toBe(routeTree(root));
    });

    it.each(ROUTED_ALERTS)('%j goes to %s', async (pairs, receivers) => {
      const file = write('routing.yml', ROUTING);
      const labels = parseAlertLabels(pairs.join(','), 'default');
      if (!labels.ok) throw new Error(labels.error);
      const output = await amtool('config', 'routes', 'test', '--tree', `--config.file=${file}`, ...pairs);
      const found = matchRoutes(root, labels.value).map(({ options }) => options.receiver);
      expect(found.join(',')).toBe(receivers);
      expect(output.trimEnd().split('\n\n\n')).toEqual([matchingTree(root, labels.value), receivers]);
    });
  });
});

const describeWithAlertmanager = await requires(program(ALERTMANAGER));

describeWithAlertmanager('a running Alertmanager and Tandem print a configuration alike', () => {
  let server: LaunchedProcess | undefined;
  let url = '';
  const file = path.join(dir.path, 'alertmanager.yml');

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    writeFileSync(file, ROUTING);
    server = await launch({
      name: 'alertmanager',
      command: await acquireBinary(ALERTMANAGER),
      args: [
        `--config.file=${file}`,
        `--storage.path=${path.join(dir.path, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
    });
    await until(async () => (await fetch(`${url}/-/ready`)).ok, { what: 'Alertmanager', timeoutMs: 20_000 });
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
  });

  async function printed(text: string): Promise<string> {
    writeFileSync(file, text);
    const reloaded = await fetch(`${url}/-/reload`, { method: 'POST' });
    if (!reloaded.ok) throw new Error(await reloaded.text());
    const status = (await (await fetch(`${url}/api/v2/status`)).json()) as { config: { original: string } };
    return status.config.original;
  }

  it.each([{ name: 'a routing tree', text: ROUTING }, ...GOOD_FILES])('$name', async ({ text }) => {
    const outcome = readAlertmanagerConfig(text, { resolvePath: (name) => path.resolve(dir.path, name) });
    if (!outcome.ok) throw new Error('refused');
    expect(formatAlertmanagerConfig(outcome.config)).toBe(await printed(text));
  });
});

describe('tandem check alerts', () => {
  const file = (): string => write('cli.yml', ROUTING);

  it('reports on every file, and ends with 1 when one is refused', async () => {
    const bad = write('cli-bad.yml', 'route: {}\n');
    const { exit, output } = await runTandem(['check', 'alerts', file(), bad]);
    expect(exit.code).toBe(1);
    expect(output).toContain(`Checking '${file()}'  SUCCESS\nFound:\n - global config\n - route\n`);
    expect(output).toContain(`${bad}:1:8: root route must specify a default receiver`);
    expect(output).toContain('tandem: 1 of 2 files refused');
  }, 30_000);

  it('tests a route, and ends with 1 when other receivers were expected', async () => {
    const args = ['check', 'alerts', file(), '--route', 'owner=team-B', '--at', '2026-11-20T12:00:00Z', '--verify'];
    const right = await runTandem([...args, 'bc,last']);
    expect(right.exit.code).toBe(0);
    expect(right.output).toMatch(/^bc,last\n\nreceiver +bc\n/u);
    const wrong = await runTandem([...args, 'bc']);
    expect(wrong.exit.code).toBe(1);
    expect(wrong.output).toContain('expected the receivers bc, got bc,last');
  }, 30_000);

  it.each([
    [['--verify', 'x'], '--verify and --at go with --route'],
    [['--route', 'a!=b'], '--route: labels must be given as name=value pairs'],
    [['--route', 'a=b', '--at', 'noon'], '--at: expected RFC 3339 or Unix seconds, got "noon"'],
    [['--enable-feature', 'fast'], '--enable-feature: expected classic-mode or utf8-strict-mode, got "fast"'],
    [['--tree', 'second.yml'], '--route, --tree and --print take one file'],
  ])(
    'ends with 2 on %j',
    async (flags, said) => {
      const { exit, output } = await runTandem(['check', 'alerts', file(), ...flags]);
      expect(exit.code).toBe(2);
      expect(output).toContain(said);
    },
    30_000,
  );

  it('prints the configuration as it is in effect', async () => {
    const { exit, output } = await runTandem(['check', 'alerts', file(), '--print']);
    expect(exit.code).toBe(0);
    expect(readAlertmanagerConfig(output)).toMatchObject({ ok: true });
    expect(output).toContain('resolve_timeout: 5m');
  }, 30_000);
});
