import { configKeys } from '@tandem/config';

import { tandemSchema } from './schema.ts';

/** The flags of the configuration, one or two lines each, for `--help`. */
export function configHelp(): string {
  const flags = configKeys(tandemSchema).filter((key) => key.flag !== undefined);
  const lines = flags.flatMap(({ flag, type, default: value, description }) => [
    `  ${flag ?? ''} <${type}>${value === undefined ? '' : ` (default: ${value})`}`,
    `      ${description}`,
  ]);
  return [
    '',
    'Configuration (flag over environment over --config.file over default):',
    '  --config.file <path>',
    ...lines,
  ].join('\n');
}
