import { configKeys } from '@tandem/config';

import { tandemSchema } from './schema.ts';

/** Tells of the name of a flag of the configuration (`stream.driver`) whether it is a switch; `undefined`: it is none. */
export function tandemFlags(): (name: string) => boolean | undefined {
  const switches = new Map(configKeys(tandemSchema).map(({ flag, type }) => [flag, type === 'boolean']));
  return (name) => switches.get(`--${name}`);
}
