import { ERROR_CATALOGUE } from './catalogue.ts';

/** The error reference as a Markdown table, for `docs/reference/errors.md`. */
export function renderErrorReference(): string {
  const rows = Object.entries(ERROR_CATALOGUE)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { meaning, remedy, category, retryable }]) =>
      [`\`${code}\``, category, retryable ? 'yes' : 'no', meaning, remedy].join(' | '),
    );
  return ['code | category | retryable | what it means | what to do', '--- | --- | --- | --- | ---', ...rows]
    .map((row) => `| ${row} |\n`)
    .join('');
}
