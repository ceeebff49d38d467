/** Makes modules of WebAssembly, as TypeScript that holds their bytes in base64: of WebAssembly text, and of AssemblyScript. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SOURCES = 'libs/codec/remote-write/src';

/** What is made, of which files, and how. */
const MODULES = [
  {
    target: `${SOURCES}/inflate/generated/snappy-wasm.ts`,
    name: 'SNAPPY_WASM',
    does: 'inflates snappy',
    folder: `${SOURCES}/inflate`,
    extension: '.wat',
    compile: assemble,
  },
  {
    target: `${SOURCES}/wire/generated/walk-wasm.ts`,
    name: 'WALK_WASM',
    does: 'walks over a request',
    folder: `${SOURCES}/wire/wasm`,
    extension: '.as',
    compile: compileAssemblyScript,
  },
];

/**
 * A module whose sources are the ones it was made of is left as it is: the compiler is large and slow, and not needed to
 * work on anything else.
 *
 * @param {string} root the repository
 * @returns {Promise<Map<string, string>>} content by path from the root
 */
export async function generateWasm(root) {
  const files = new Map();
  for (const module of MODULES) {
    const sources = await sourcesOf(root, module);
    const digest = digestOf(sources);
    const current = await readFile(join(root, module.target), 'utf8').catch(() => '');
    files.set(
      module.target,
      isMadeOf(current, digest) ? current : contentOf(module, digest, await module.compile(sources)),
    );
  }
  return files;
}

async function sourcesOf(root, { folder, extension }) {
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith(extension)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(root, folder, name), 'utf8')])),
  );
}

function digestOf(texts) {
  const hash = createHash('sha256');
  for (const [name, text] of texts) hash.update(`${name}\0${text}\0`);
  return hash.digest('hex');
}

function contentOf({ folder, extension, name, does }, digest, bytes) {
  const base64 = Buffer.from(bytes).toString('base64');
  return [
    `// Made from ${folder}/*${extension} by tools/generate-wasm.mjs. Do not edit.`,
    `// ${digest} ${checksum(base64)}`,
    '',
    `/** The module of WebAssembly that ${does}, in base64. */`,
    `export const ${name} =`,
    `  '${base64}';`,
    '',
  ].join('\n');
}

/** Whether a generated file says that it was made of these sources, and holds what was made then. */
function isMadeOf(content, digest) {
  const said = /^\/\/ ([0-9a-f]{64}) ([0-9a-f]{64})$/m.exec(content);
  const base64 = /'([A-Za-z0-9+/=]+)'/.exec(content);
  return said?.[1] === digest && base64 !== null && said[2] === checksum(base64[1]);
}

function checksum(base64) {
  return createHash('sha256').update(base64).digest('hex');
}

async function assemble(sources) {
  const { default: wabt } = await import('wabt');
  const { parseWat } = await wabt();
  const [[name, text]] = sources;
  const module = parseWat(name, text);
  try {
    module.validate();
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** Without a runtime: nothing is allocated, the memory is that of whoever makes an instance. */
const FLAGS = [
  ...['--runtime', 'stub', '--importMemory', '--noExportMemory', '--initialMemory', '1', '--use', 'abort='],
  ...['--noAssert', '-O3', '--converge', '--enable', 'simd', '--enable', 'bulk-memory'],
];

async function compileAssemblyScript(sources) {
  const { default: asc } = await import('assemblyscript/asc');
  const written = new Map();
  const { error, stderr } = await asc.main(['module.ts', '--outFile', 'module.wasm', ...FLAGS], {
    // The compiler looks for .ts; ours are .as, so that nothing takes them for TypeScript.
    readFile: (name) => sources.get(name.replace(/\.ts$/, '.as')) ?? null,
    writeFile: (name, content) => written.set(name, content),
    listFiles: () => [],
  });
  if (error) throw new Error(`cannot compile AssemblyScript: ${error.message}\n${stderr}`);
  return written.get('module.wasm');
}
