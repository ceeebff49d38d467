// Writes the generated files; with --check it only says which are not as they would be written, and fails.
//   npm run generate
//   npm run generate -- --check
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { generateAvro } from './generate-avro.mjs';
import { generateProto } from './generate-proto.mjs';
import { generateReference } from './generate-reference.mjs';
import { generateWasm } from './generate-wasm.mjs';
import { ROOT } from './run.mjs';

/** Each resolves to content by path from the root; a folder named 'generated' holds nothing else. */
const GENERATORS = [generateProto, generateAvro, generateWasm, generateReference];

async function wanted() {
  const files = new Map();
  for (const generate of GENERATORS) {
    for (const [path, content] of await generate(ROOT)) files.set(path, await formatted(path, content));
  }
  return files;
}

/** TypeScript of ours is formatted like all other; what a tool wrote is left as it is. */
async function formatted(path, content) {
  if (!path.endsWith('.ts') || path.endsWith('.d.ts')) return content;
  const filepath = join(ROOT, path);
  return format(content, { ...(await resolveConfig(filepath)), filepath });
}

async function current(path) {
  try {
    return await readFile(join(ROOT, path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Files in folders named 'generated' that nothing generates any more. */
async function leftovers(files) {
  const found = [];
  const folders = new Set(Array.from(files.keys(), dirname));
  for (const folder of [...folders].filter((path) => basename(path) === 'generated')) {
    const names = await readdir(join(ROOT, folder)).catch(() => []);
    found.push(...names.map((name) => `${folder}/${name}`).filter((path) => !files.has(path)));
  }
  return found;
}

async function main() {
  const check = process.argv.includes('--check');
  const files = await wanted();
  const stale = [];
  for (const [path, content] of files) {
    if ((await current(path)) === content) continue;
    stale.push(path);
    if (check) continue;
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), content);
  }
  for (const path of await leftovers(files)) {
    stale.push(path);
    if (!check) await rm(join(ROOT, path));
  }
  for (const path of stale) console.log(`${check ? 'stale' : 'written'}: ${path}`);
  if (check && stale.length > 0) console.error('run: npm run generate');
  return check && stale.length > 0 ? 1 : 0;
}

process.exitCode = await main();
