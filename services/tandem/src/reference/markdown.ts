/** A generated page: its path from the root, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** A generated page of the reference. */
export function page(name: string, title: string, parts: readonly string[]): Page {
  const note = '<!-- Made by `npm run generate`. Do not edit. -->';
  return { path: `docs/reference/${name}.md`, text: `# ${title}\n\n${note}\n\n${parts.join('\n')}` };
}

/** Text as code, or nothing. */
export function code(text: string | undefined): string {
  return text === undefined || text === '' ? '' : `\`${text}\``;
}

function escapeCell(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
