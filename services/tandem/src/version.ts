import { readFileSync } from 'node:fs';

/** The version of Tandem, as released. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }
).version;
