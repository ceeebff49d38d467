import { type AlertmanagerConfig } from '@tandem/alertmanager-config';

import { type CheckedFile } from './check-file.ts';

/** What `tandem check alerts` says of a file, in the words of `amtool check-config`; ends with an empty line. */
export function checkReport(checked: CheckedFile): string {
  const { file, config, problems } = checked;
  const head = `Checking '${file}'  ${problems.length === 0 ? 'SUCCESS' : failed(problems)}`;
  return [head, ...(config === undefined ? [] : found(config, checked)), ''].join('\n');
}

function found(config: AlertmanagerConfig, { templateProblems }: CheckedFile): readonly string[] {
  const templates = config.templates.length;
  return [
    'Found:',
    ' - global config',
    ' - route',
    ` - ${config.inhibit_rules.length} inhibit rules`,
    ` - ${config.receivers.length} receivers`,
    ` - ${templates} templates`,
    ...(templates === 0 ? [] : [`  ${templateProblems.length === 0 ? 'SUCCESS' : failed(templateProblems)}`]),
  ];
}

function failed(problems: readonly string[]): string {
  const [first = ''] = problems;
  return problems.length === 1 ? `FAILED: ${first}` : ['FAILED:', ...problems.map((one) => `  ${one}`)].join('\n');
}
