import { afterAll, describe, expect, test } from '@jest/globals';
import { runTandem, tempDir } from '@tandem/testing';

import { writeConfig } from './tandem-config.ts';

const folder = tempDir('e2e-config');
afterAll(() => folder.remove());

const WRONG_KEYS = `
dedup:
  failover_timout: 3s
web:
  listen_adress: :9460
`;

describe('a configuration that is wrong', () => {
  const commands = ['up', 'ingest', 'dedup', 'forward', 'topics create', 'check config'];

  test.each(commands)('tandem %s ends with 2 and names line, key and the nearest right one', async (command) => {
    const file = await writeConfig(folder, WRONG_KEYS);
    const { exit, output } = await runTandem([...command.split(' '), `--config.file=${file}`], { cwd: folder.path });
    expect(exit.code).toBe(2);
    expect(output).toContain(`${file}:3:3: unknown key "failover_timout" in dedup: did you mean "failover_timeout"?`);
    expect(output).toContain(`${file}:5:3: unknown key "listen_adress" in web: did you mean "listen_address"?`);
  });

  test.each<[what: string, text: string, says: RegExp]>([
    [
      'a value of another kind',
      'dedup: { failover_timeout: soon }',
      /:1:\d+: .*expected auto or a duration such as .*"soon"/,
    ],
    ['settings that contradict each other', 'dedup: { failover_timeout: 1s }', /:1:\d+: dedup\.failover_timeout: /],
    ['Kafka without brokers', 'stream: { driver: kafka }', /stream\.kafka\.brokers: expected at least one broker/],
    ['a file that is no YAML', 'dedup: [', /:1:\d+: /],
  ])('%s is refused', async (_what, text, says) => {
    const { exit, output } = await runTandem(['check', 'config', await writeConfig(folder, text)]);
    expect(output).toMatch(says);
    expect(exit.code).toBe(2);
  });

  test('a variable is named when its value is wrong', async () => {
    const env = { TANDEM_DEDUP_FAILOVER_TIMEOUT: 'never' };
    const { exit, output } = await runTandem(['check', 'config'], { cwd: folder.path, env });
    expect(output).toMatch(/^TANDEM_DEDUP_FAILOVER_TIMEOUT: .*"never"/m);
    expect(exit.code).toBe(2);
  });

  test('a file that is not there is named', async () => {
    const { exit, output } = await runTandem(['up', '--config.file=none.yaml'], { cwd: folder.path });
    expect(output).toContain('none.yaml: cannot read the configuration');
    expect(exit.code).toBe(2);
  });

  test('an unknown flag and an unknown command are refused', async () => {
    const flag = await runTandem(['up', '--dedup.failover-timout=3s'], { cwd: folder.path });
    expect(flag.output).toContain('--dedup.failover-timout: unknown flag');
    expect(flag.exit.code).toBe(2);
    const command = await runTandem(['upp'], { cwd: folder.path });
    expect(command.output).toMatch(/unknown command 'upp'/);
    expect(command.exit.code).toBe(2);
  });
});

describe('a configuration that is right', () => {
  test('tandem check config says so', async () => {
    const file = await writeConfig(folder, 'dedup: { failover_timeout: 25s }');
    const { exit, output } = await runTandem(['check', 'config', file]);
    expect(output).toBe(`${file}: ok\n`);
    expect(exit.code).toBe(0);
  });

  test('--print shows what is in effect, flag over variable over file, and no secret', async () => {
    const file = await writeConfig(
      folder,
      `
dedup: { failover_timeout: 20s, update_timeout: 2s, update_timeout_jitter: 0s }
lease: { driver: redis, redis: { url: "redis://tandem:hunter2@redis:6379", password: hunter3 } }
`,
    );
    const { exit, output } = await runTandem(
      ['check', 'config', '--print', `--config.file=${file}`, '--dedup.update-timeout=4s'],
      { env: { TANDEM_DEDUP_UPDATE_TIMEOUT: '3s', TANDEM_DEDUP_FAILOVER_TIMEOUT: '21s' } },
    );
    expect(exit.code).toBe(0);
    expect(output).toMatch(/update_timeout: 4s$/m);
    expect(output).toMatch(/failover_timeout: 21s$/m);
    expect(output).toContain('<secret>');
    expect(output).not.toMatch(/hunter/);
  });
});
