import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { transform } from '@swc/core';
import { launch, tempDir, until } from '../../src/index.ts';

const dir = tempDir('reaper');
afterAll(() => dir.remove());

/** A process that starts another one, makes a directory, and leaves both behind. */
const LEAVING = `
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { reapDirectory, reapProcess } from './reaper.mjs';
const child = spawn('sleep', ['600']);
const path = mkdtempSync(process.argv[2] + '/left-');
reapProcess(child.pid);
reapDirectory(path);
console.log(child.pid, path);
setInterval(() => undefined, 1000);
`;

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('what a test process leaves behind is ended and removed, even after SIGKILL', async () => {
  const source = await readFile(new URL('../../src/launch/reaper.ts', import.meta.url), 'utf8');
  const { code } = await transform(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } });
  await writeFile(join(dir.path, 'reaper.mjs'), code);
  await writeFile(join(dir.path, 'leaving.mjs'), LEAVING);
  const leaving = await launch({
    name: 'leaving',
    command: process.execPath,
    args: [join(dir.path, 'leaving.mjs'), dir.path],
  });
  const [, pid = '', path = ''] = await leaving.waitForLine(/^(\d+) (.+)$/);
  expect([alive(Number(pid)), existsSync(path)]).toEqual([true, true]);
  await leaving.kill();
  await until(() => !alive(Number(pid)) && !existsSync(path), { what: 'the process and the directory to be gone' });
  expect(alive(Number(pid))).toBe(false);
});

test('a temporary directory can be removed at once', async () => {
  const early = tempDir('early');
  expect(existsSync(early.path)).toBe(true);
  await early.remove();
  await early.remove();
  expect(existsSync(early.path)).toBe(false);
});
