import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { acquireBinary, findBinary, freePorts, launch, runToEnd, tempDir, withFileLock } from '../../src/index.ts';

const dir = tempDir('packages');
const { TANDEM_PEERS: peers } = process.env;
afterEach(() => {
  if (peers === undefined) delete process.env['TANDEM_PEERS'];
  else process.env['TANDEM_PEERS'] = peers;
});
afterAll(() => dir.remove());

test('a program comes from the folder of peers before the path', async () => {
  const folder = join(dir.path, 'peers');
  await mkdir(folder);
  await writeFile(join(folder, 'sh'), '#!/bin/sh\n');
  process.env['TANDEM_PEERS'] = folder;
  await expect(findBinary('sh')).resolves.toMatch(/^\/(usr\/)?bin\/sh$/);
  await chmod(join(folder, 'sh'), 0o755);
  await expect(findBinary('sh')).resolves.toBe(join(folder, 'sh'));
});

test('a program nothing has is a clear error', async () => {
  await expect(acquireBinary({ binary: 'no-such-program' })).rejects.toThrow(
    'no "no-such-program" in TANDEM_PEERS or PATH',
  );
});

test('a lock file lets one in at a time, and one of a dead process is taken over', async () => {
  const lock = join(dir.path, 'lock');
  const { pid, exited } = await launch({ name: 'true', command: 'true' });
  await exited;
  await writeFile(lock, String(pid));
  let inside = 0;
  const visit = () =>
    withFileLock(lock, 10_000, async () => {
      expect(++inside).toBe(1);
      await runToEnd({ name: 'true', command: 'true' });
      inside--;
    });
  await Promise.all([visit(), visit(), visit()]);
  await expect(readFile(lock)).rejects.toThrow('ENOENT');
});

test('free ports are different ones', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
});
