import { accessSync, constants } from 'node:fs';

import { type ConfigProblem } from '@tandem/config';
import { describeError } from '@tandem/errors';

/** Every file a configuration names (keys that end in `_file`) that cannot be read. */
export function unreadableFiles(config: unknown, path = ''): readonly ConfigProblem[] {
  if (typeof config !== 'object' || config === null) return [];
  return Object.entries(config).flatMap(([key, value]: [string, unknown]) => {
    const at = Array.isArray(config) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (typeof value !== 'string') return unreadableFiles(value, at);
    return key.endsWith('_file') ? check(at, value) : [];
  });
}

function check(where: string, file: string): readonly ConfigProblem[] {
  try {
    accessSync(file, constants.R_OK);
    return [];
  } catch (error) {
    return [{ where, message: `cannot read the file: ${describeError(error)}` }];
  }
}
