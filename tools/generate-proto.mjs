/** Writes protobufjs modules of the remote-write messages, the oracle of the codec's tests. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SOURCE = 'proto';
const TARGET = 'libs/codec/remote-write/test/generated';
/** Module by proto file; each has a root of its own, or the messages of one would be looked up in the other. */
const MODULES = { remote_write_v1: 'remote-write-v1', remote_write_v2: 'remote-write-v2' };
const OPTIONS = ['--no-create', '--no-verify', '--no-delimited', '--no-service', '--no-typeurl', '--force-number'];

/**
 * @param {string} root the repository
 * @returns {Promise<Map<string, string>>} content by path from the root
 */
export async function generateProto(root) {
  const dir = await mkdtemp(join(tmpdir(), 'tandem-generate-'));
  try {
    const files = new Map();
    for (const [proto, module] of Object.entries(MODULES)) {
      const source = join(root, SOURCE, `${proto}.proto`);
      const note = `/* Made from ${SOURCE}/${proto}.proto by tools/generate-proto.mjs. Do not edit. */\n`;
      const documented = join(dir, `${module}.js`);
      await pbjs(root, source, ['-o', documented, '-r', proto]);
      await run(process.execPath, [cli(root, 'pbts'), '-o', `${documented}.d.ts`, documented]);
      const types = await readFile(`${documented}.d.ts`, 'utf8');
      await pbjs(root, source, ['-o', documented, '-r', proto, '--no-comments']);
      files.set(`${TARGET}/${module}.js`, note + (await readFile(documented, 'utf8')));
      files.set(`${TARGET}/${module}.d.ts`, note + types);
    }
    return files;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function pbjs(root, source, args) {
  return run(process.execPath, [cli(root, 'pbjs'), '-t', 'static-module', '-w', 'esm', ...OPTIONS, ...args, source]);
}

const cli = (root, name) => join(root, 'node_modules/protobufjs-cli/bin', name);
