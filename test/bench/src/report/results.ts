import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type AlertsResult } from '../alerts/result.ts';
import { type DedupResult } from '../dedup/result.ts';
import { type IngestResult } from '../ingest/result.ts';

/** What is kept, by the name of its benchmark. */
export interface Results {
  readonly ingest: IngestResult;
  readonly dedup: DedupResult;
  readonly alerts: AlertsResult;
}

const FOLDER = new URL('../../results/', import.meta.url);

/** Keeps a result; it replaces the one before of the same benchmark. */
export async function writeResult(result: Results[keyof Results]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const file = new URL(`${result.benchmark}.json`, FOLDER);
  await writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`);
  process.stderr.write(`wrote ${fileURLToPath(file)}\n`);
}

/** The result kept of a benchmark; `undefined`: none is. */
export async function readResult<Name extends keyof Results>(benchmark: Name): Promise<Results[Name] | undefined> {
  try {
    return JSON.parse(await readFile(new URL(`${benchmark}.json`, FOLDER), 'utf8')) as Results[Name];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
