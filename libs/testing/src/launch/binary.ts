import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { installPackage } from './debian-package.ts';
import { type Requirement } from './requirement.ts';

/** A program tests run. */
export interface Program {
  readonly binary: string;
  /** The Debian package that has it. */
  readonly debianPackage?: string;
  /** Whether the package's own is wanted, even where `TANDEM_PEERS` has another version. Default false. */
  readonly packaged?: boolean;
}

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The program's path: from the folder in `TANDEM_PEERS` first (newer versions), unless the packaged one is wanted, else
 * from `PATH`.
 */
export async function findBinary(binary: string, packaged = false): Promise<string | undefined> {
  const { TANDEM_PEERS: peers = '', PATH: path = '' } = process.env;
  const folders = [packaged ? '' : peers, ...path.split(delimiter), ...SYSTEM_FOLDERS].filter(
    (folder) => folder !== '',
  );
  for (const folder of folders) {
    const candidate = join(folder, binary);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // not here
    }
  }
  return undefined;
}

/**
 * Finds a program, installing its package where that is possible.
 *
 * @throws {Error} when it cannot be had
 */
export async function acquireBinary({ binary, debianPackage, packaged }: Program): Promise<string> {
  const found = await findBinary(binary, packaged);
  if (found !== undefined) return found;
  if (debianPackage === undefined) throw new Error(`no "${binary}" in TANDEM_PEERS or PATH, and no package has it`);
  await installPackage(debianPackage);
  const installed = await findBinary(binary, packaged);
  if (installed === undefined) throw new Error(`package ${debianPackage} has no "${binary}"`);
  return installed;
}

/** A program as something tests need: `requires(program({ binary: 'kcat', debianPackage: 'kcat' }))`. */
export function program(wanted: Program): Requirement {
  return { name: wanted.binary, acquire: () => acquireBinary(wanted) };
}
