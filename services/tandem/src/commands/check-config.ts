import { printConfig } from '@tandem/config';

import { loadConfig } from '../config/load.ts';
import { tandemSchema } from '../config/schema.ts';

/** Checks a configuration; with `print` writes it as it is in effect, secrets masked. @returns the exit code */
export function checkConfig(file: string | undefined, argv: readonly string[], print: boolean): number {
  const loaded = loadConfig(argv, file);
  for (const warning of loaded.warnings) console.error(`warning: ${warning}`);
  if (print) console.log(printConfig(tandemSchema, loaded.config));
  else console.log(`${loaded.file ?? 'the defaults, flags and environment'}: ok`);
  return 0;
}
