import { type Flag, type FlagTable } from './flag.ts';

/** Where what a flag does begins, and where lines end, as kingpin lays them out. */
const HELP_COLUMN = 33;
const WIDTH = 80;

/** The text of `--help`, one paragraph a flag. */
export function formatFlagHelp(usage: string, flags: FlagTable): string {
  const own: readonly (readonly [string, string])[] = [
    ['  -h, --[no-]help', 'Show this text.'],
    ...Object.entries(flags).map(([name, flag]) => [`      ${signature(name, flag)}`, helpOf(flag)] as const),
    ['      --[no-]version', 'Show the version.'],
  ];
  return [`usage: ${usage}`, '', '', 'Flags:', ...own.flatMap(([left, help]) => paragraph(left, help)), ''].join('\n');
}

/** A flag as `--help` and the reference show it: `--data.retention=120h`. */
export function signature(name: string, flag: Flag<unknown>): string {
  if (flag.kind === 'switch') return `--[no-]${name}`;
  const placeholder = flag.placeholder ?? name.toUpperCase();
  const value = flag.fallback === undefined ? placeholder : shown(flag.fallback);
  return `--${name}=${value}${flag.kind === 'list' ? ' ...' : ''}`;
}

/** Texts with dots or signs are quoted as upstream does: only what is empty or has a space would be read wrongly bare. */
function shown(fallback: string): string {
  return fallback === '' || /\s/u.test(fallback) ? JSON.stringify(fallback) : fallback;
}

function helpOf({ help, ignored }: Flag<unknown>): string {
  return ignored === undefined ? help : `${help} Accepted, without effect: ${ignored}`;
}

function paragraph(left: string, help: string): readonly string[] {
  const lines = wrapped(help, WIDTH - HELP_COLUMN);
  const margin = ' '.repeat(HELP_COLUMN);
  if (left.length + 2 > HELP_COLUMN) return [left, ...lines.map((line) => margin + line)];
  const [first = '', ...rest] = lines;
  return [left.padEnd(HELP_COLUMN) + first, ...rest.map((line) => margin + line)];
}

function wrapped(help: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of help.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
