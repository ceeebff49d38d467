import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { acquireBinary, launchAlerts, program, runToEnd, tempDir, until, type AlertsPeer } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { alertnames, quickConfig } from './alerts-stage.ts';

const AMTOOL = { binary: 'amtool' };
const describeWithAmtool = await requires(program(AMTOOL));

describeWithAmtool('amtool, asked of tandem alerts', () => {
  const folder = tempDir('alerts-amtool');
  let peer: AlertsPeer;
  let command = '';

  beforeAll(async () => {
    command = await acquireBinary(AMTOOL);
    const config = quickConfig('http://127.0.0.1:9/', ', routes: [{ matchers: [team="db"], receiver: sink }]');
    peer = await launchAlerts({ name: 'a', config, dir: folder.path });
    await until(async () => (await amtool('cluster', 'show')).includes('ready'), { what: 'a cluster that is ready' });
  }, 60_000);
  afterAll(async () => {
    await peer.process.stop();
    await folder.remove();
  }, 30_000);

  async function amtool(...args: readonly string[]): Promise<string> {
    const all = [`--alertmanager.url=${peer.url}`, ...args];
    const { exit, output } = await runToEnd({ name: `amtool ${args.join(' ')}`, command, args: all });
    if (exit.code !== 0) throw new Error(`amtool ${args.join(' ')} ended with ${exit.code}: ${output}`);
    return output;
  }

  it('shows the cluster', async () => {
    const shown = await amtool('cluster', 'show', '--output=extended');
    expect(shown).toContain('ready');
    expect(shown).toContain(peer.clusterAddress);
  }, 30_000);

  it('adds an alert, and finds it', async () => {
    await amtool('alert', 'add', 'Added', 'team=db', '--annotation=summary=hello');
    await until(async () => (await alertnames(peer)).includes('Added'), { what: 'the alert' });
    expect(await amtool('alert', 'query', 'team=db')).toMatch(/Added/u);
    expect(await amtool('alert', 'query', 'team=web')).not.toMatch(/Added/u);
  }, 30_000);

  it('adds a silence, finds it, and ends it', async () => {
    const id = (await amtool('silence', 'add', 'alertname=Added', '--comment=x', '--author=y')).trim();
    expect(id).toMatch(/^[\da-f-]{36}$/u);
    expect(await amtool('silence', 'query')).toContain(id);
    await until(async () => !(await amtool('alert', 'query', 'team=db')).includes('Added'), {
      what: 'the alert to be silenced',
    });
    await amtool('silence', 'expire', id);
    expect(await amtool('silence', 'query')).not.toContain(id);
    expect(await amtool('silence', 'query', '--expired')).toContain(id);
  }, 60_000);

  it('takes silences from one instance and gives them to another', async () => {
    await amtool('silence', 'add', 'alertname=Carried', '--comment=x', '--author=y');
    const file = path.join(folder.path, 'silences.json');
    writeFileSync(file, await amtool('silence', 'query', '-o', 'json'));
    await amtool('silence', 'import', file);
    expect(await amtool('silence', 'query', 'alertname=Carried')).toContain('Carried');
  }, 30_000);

  it('reads the configuration, and tests its routes', async () => {
    expect(await amtool('config', 'show')).toContain('receiver: sink');
    expect(await amtool('config', 'routes')).toContain('team="db"');
    expect(await amtool('config', 'routes', 'test', 'team=db')).toContain('sink');
    expect(await amtool('check-config', peer.configFile)).toContain('SUCCESS');
  }, 30_000);
});
