#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  // Node 22.8 and later. Beside the code, where only who may change the code may write: what is in it is run. Where that is
  // nobody, as in an image that is read-only, there is none.
  module.enableCompileCache?.(fileURLToPath(new URL('../dist/.compile-cache', import.meta.url)));
  await import(main.href);
} else {
  process.stderr.write('tandem: not built yet: run "npm run build" first\n');
  process.exitCode = 2;
}
