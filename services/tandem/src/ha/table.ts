/** Between two columns. */
const GAP = '  ';

/** Rows below a head, columns aligned, nothing cut; one line each. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map(printable));
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => width(cells[column] ?? ''))));
  return lines.map((cells) => formatLine(cells, widths)).join('\n');
}

/** Names with their values, values aligned. */
export function formatFields(fields: readonly (readonly [name: string, value: string])[]): string {
  const widths = [Math.max(...fields.map(([name]) => width(name)))];
  return fields.map((field) => formatLine(field.map(printable), widths)).join('\n');
}

function formatLine(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell))));
  return padded.join(GAP).trimEnd();
}

/** Names come from senders: what would move the cursor, break the line or not be seen is escaped. */
export function printable(cell: string): string {
  if (cell === '') return '""';
  return cell.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escape);
}

function escape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** In characters, not in UTF-16 code units. */
function width(text: string): number {
  return Array.from(text).length;
}
