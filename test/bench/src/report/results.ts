import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type IngestResult } from '../ingest/result.ts';

const FOLDER = new URL('../../results/', import.meta.url);

/** Keeps a result; it replaces the one before of the same benchmark. */
export async function writeResult(result: IngestResult): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const file = new URL(`${result.benchmark}.json`, FOLDER);
  await writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`);
  process.stderr.write(`wrote ${fileURLToPath(file)}\n`);
}

/** The result kept of a benchmark. */
export async function readResult(benchmark: IngestResult['benchmark']): Promise<IngestResult> {
  return JSON.parse(await readFile(new URL(`${benchmark}.json`, FOLDER), 'utf8')) as IngestResult;
}
