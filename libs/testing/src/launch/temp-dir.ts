import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reapDirectory, spareDirectory } from './reaper.ts';

/** A directory of one test. */
export interface TempDir {
  readonly path: string;
  /** Removes it now; without this it is removed when the test process ends. Idempotent. */
  remove(): Promise<void>;
}

/** Makes an empty directory `tandem-<name>-…`. With `TANDEM_KEEP=1` it is kept, and named on stderr. */
export function tempDir(name = 'test'): TempDir {
  const path = mkdtempSync(join(tmpdir(), `tandem-${name}-`));
  if (process.env['TANDEM_KEEP'] === '1') {
    process.stderr.write(`kept: ${path}\n`);
    return { path, remove: () => Promise.resolve() };
  }
  reapDirectory(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
      spareDirectory(path);
    },
  };
}
