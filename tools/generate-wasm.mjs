/** Assembles WebAssembly text into modules that hold the bytes in base64. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import wabt from 'wabt';

const FOLDER = 'libs/codec/remote-write/src/inflate';

/**
 * @param {string} root the repository
 * @returns {Promise<Map<string, string>>} content by path from the root
 */
export async function generateWasm(root) {
  const source = `${FOLDER}/snappy.wat`;
  const { parseWat } = await wabt();
  const module = parseWat(source, await readFile(join(root, source), 'utf8'));
  try {
    module.validate();
    const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
    const content = [
      `// Made from ${source} by tools/generate-wasm.mjs. Do not edit.`,
      '',
      '/** The module of WebAssembly that inflates snappy, in base64. */',
      `export const SNAPPY_WASM = '${base64}';`,
      '',
    ].join('\n');
    return new Map([[`${FOLDER}/generated/snappy-wasm.ts`, content]]);
  } finally {
    module.destroy();
  }
}
