// docs/reference: rendered by the built CLI from what its code goes by.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bin, run } from './run.mjs';

export async function generateReference(root) {
  const code = await run(bin('tsc'), ['--build', 'services/tandem/tsconfig.lib.json']);
  if (code !== 0) throw new Error('cannot build services/tandem, which the reference is made from');
  const { renderReference } = await import(pathToFileURL(join(root, 'services/tandem/dist/index.js')).href);
  return renderReference().map(({ path, text }) => [path, text]);
}
