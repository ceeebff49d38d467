import { existsSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFileLock } from './file-lock.ts';
import { runToEnd } from './process.ts';

const LOCK = join(tmpdir(), 'tandem-install.lock');
const UPDATED = join(tmpdir(), 'tandem-apt-updated');
const UPDATE_AGE_MS = 24 * 3600 * 1000;
const TIMEOUT_MS = 10 * 60 * 1000;
/** Debian asks this file whether a package may start its service; 101 is "no". */
const POLICY = '/usr/sbin/policy-rc.d';

const installing = new Map<string, Promise<void>>();

/**
 * Installs a package of the distribution, when this is root on a Debian; one at a time over all processes, its
 * services not started. Says on stderr what it does.
 *
 * @throws {Error} when that is not possible
 */
export function installPackage(name: string): Promise<void> {
  let install = installing.get(name);
  if (install === undefined) {
    install = installLocked(name);
    installing.set(name, install);
  }
  return install;
}

async function installLocked(name: string): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error(`package ${name} is not installed, and only root can install it`);
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`package ${name} is not installed, and there is no apt-get`);
  await withFileLock(LOCK, TIMEOUT_MS, async () => {
    if (await isInstalled(name)) return;
    if (!(await updatedLately())) {
      await aptGet('update');
      await writeFile(UPDATED, '');
    }
    await withoutServices(() => aptGet('install', '-y', '--no-install-recommends', name));
  });
}

async function isInstalled(name: string): Promise<boolean> {
  const { output } = await runToEnd({ name: 'dpkg', command: 'dpkg-query', args: ['-W', '-f=${Status}', name] });
  return output.includes('install ok installed');
}

async function updatedLately(): Promise<boolean> {
  const { mtimeMs } = await stat(UPDATED).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs < UPDATE_AGE_MS;
}

async function aptGet(...args: readonly string[]): Promise<void> {
  process.stderr.write(`tests: apt-get ${args.join(' ')}\n`);
  const { exit, output } = await runToEnd({
    name: 'apt-get',
    command: 'apt-get',
    args: ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: TIMEOUT_MS,
  });
  if (exit.code === 0) return;
  const tail = output.trimEnd().split('\n').slice(-5).join('\n');
  throw new Error(`apt-get ${args.join(' ')} ended with ${String(exit.code ?? exit.signal)}: ${tail}`);
}

async function withoutServices(body: () => Promise<void>): Promise<void> {
  const own = !existsSync(POLICY);
  if (own) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await body();
  } finally {
    if (own) await rm(POLICY, { force: true });
  }
}
