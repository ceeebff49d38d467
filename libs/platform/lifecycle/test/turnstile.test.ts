import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { thisProcess, Turnstile, type ProcessIdentity } from '../src/index.ts';

describe('a turnstile', () => {
  let folder = '';
  const opened: Turnstile[] = [];
  const open = (): Turnstile => {
    const turnstile = new Turnstile(folder);
    opened.push(turnstile);
    return turnstile;
  };

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'tandem-turnstile-')), 'turnstile');
  });
  afterEach(() => {
    for (const turnstile of opened.splice(0)) turnstile.close();
    rmSync(folder, { recursive: true });
  });

  test('lets several pass at the same time', async () => {
    const [first, second] = [open(), open()];
    let release: () => void = () => undefined;
    const passing = first.pass(() => new Promise<void>((resolve) => (release = resolve)));
    expect(await second.pass(() => Promise.resolve('passed'))).toBe('passed');
    release();
    await passing;
  });

  test('lets one be alone only when everybody has passed, and nobody pass before that one is done', async () => {
    const [passer, opener, late] = [open(), open(), open()];
    const order: string[] = [];
    let release: () => void = () => undefined;
    const passing = passer.pass(async () => {
      await new Promise<void>((resolve) => (release = resolve));
      order.push('passed');
    });
    const alone = opener.alone(() => order.push('alone'));
    const passingLate = late.pass(() => Promise.resolve(order.push('passed late')));
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    release();
    await Promise.all([passing, alone, passingLate]);
    expect(order).toEqual(['passed', 'alone', 'passed late']);
  });

  test('lets those who want to be alone go one after the other', async () => {
    const done = await Promise.all([open(), open(), open()].map((one, index) => one.alone(() => index)));
    expect(done).toEqual([0, 1, 2]);
    expect(readdirSync(folder).filter((file) => file.startsWith('mark.'))).toEqual([]);
  });

  test('goes on after work that failed', async () => {
    const [passer, opener] = [open(), open()];
    await expect(passer.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(
      opener.alone(() => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await passer.pass(() => Promise.resolve(1))).toBe(1);
    expect(await opener.alone(() => 2)).toBe(2);
  });

  test('is not kept shut by what a process that was killed has left behind', async () => {
    const opener = open();
    const flag = leave({ ...thisProcess(), began: '1' }, 'flag', '1');
    const mark = leave({ ...thisProcess(), began: '1' }, 'mark', '');
    expect(await opener.pass(() => Promise.resolve('passed'))).toBe('passed');
    expect(await opener.alone(() => 'alone')).toBe('alone');
    expect([existsSync(flag), existsSync(mark)]).toEqual([false, false]);
  });

  test('forgets processes of which nobody can tell whether they run, but not at once', async () => {
    const opener = open();
    const flag = leave({ ...thisProcess(), scope: 'another machine' }, 'flag', '1');
    const alone = opener.alone(() => 'alone');
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    expect(existsSync(flag)).toBe(true);
    utimesSync(flag, new Date(0), new Date(0));
    expect(await alone).toBe('alone');
  });

  function leave({ pid, began, scope }: ProcessIdentity, kind: 'flag' | 'mark', content: string): string {
    const name = Buffer.from([pid, began, scope].join('\n')).toString('base64url');
    const path = join(folder, `${kind}.${name}.left`);
    writeFileSync(path, content);
    return path;
  }
});
