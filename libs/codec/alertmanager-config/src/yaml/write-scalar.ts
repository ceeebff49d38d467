import { INDENT, type LineWriter } from './line-writer.ts';
import { isBreak, isPrintable } from './scalar-style.ts';

/** Where a scalar is written. */
export interface ScalarContext {
  /** Column of its further lines. */
  readonly indent: number;
  /** Whether it may be broken into lines: not as a key. */
  readonly breaks: boolean;
}

/** Writes a text without quotes. */
export function writePlain(writer: LineWriter, text: string, { indent, breaks }: ScalarContext): void {
  writer.separate();
  const characters = Array.from(text);
  let spaces = false;
  for (const [index, character] of characters.entries()) {
    const fold = character === ' ' && breaks && !spaces && writer.tooWide && characters[index + 1] !== ' ';
    if (fold) writer.indent(indent);
    else writer.put(character);
    spaces = character === ' ';
    if (!spaces) writer.markIndention(false);
  }
  writer.textEnded();
}

/** Writes a text in single quotes; it has no line breaks. */
export function writeSingleQuoted(writer: LineWriter, text: string, { indent, breaks }: ScalarContext): void {
  writer.indicator("'", { blankBefore: true });
  const characters = Array.from(text);
  let spaces = false;
  for (const [index, character] of characters.entries()) {
    const mayFold = breaks && !spaces && isLoneSpace(characters, index);
    if (mayFold && writer.tooWide) writer.indent(indent);
    else writer.put(character);
    if (character === "'") writer.put(character);
    spaces = character === ' ';
    if (!spaces) writer.markIndention(false);
  }
  writer.indicator("'");
  writer.textEnded();
}

/** A blank within a text, with none behind it. */
function isLoneSpace(characters: readonly string[], index: number): boolean {
  const inside = index > 0 && index < characters.length - 1;
  return inside && characters[index] === ' ' && characters[index + 1] !== ' ';
}

/** Writes a text in double quotes. */
export function writeDoubleQuoted(writer: LineWriter, text: string, { indent, breaks }: ScalarContext): void {
  writer.indicator('"', { blankBefore: true });
  const characters = Array.from(text);
  let spaces = false;
  for (const [index, character] of characters.entries()) {
    const inside = index > 0 && index < characters.length - 1;
    if (character === ' ' && breaks && !spaces && writer.tooWide && inside) {
      writer.indent(indent);
      if (characters[index + 1] === ' ') writer.put('\\');
    } else {
      for (const written of escapeCharacter(character)) writer.put(written);
    }
    spaces = character === ' ';
  }
  writer.indicator('"');
  writer.textEnded();
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '0'],
  ['\x07', 'a'],
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\v', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['\x1b', 'e'],
  ['"', '"'],
  ['\\', '\\'],
  ['\u0085', 'N'],
  ['\u00a0', '_'],
  ['\u2028', 'L'],
  ['\u2029', 'P'],
]);

function escapeCharacter(character: string): string {
  if (isPrintable(character) && !isBreak(character) && character !== '"' && character !== '\\') return character;
  const known = ESCAPES.get(character);
  if (known !== undefined) return `\\${known}`;
  const code = character.codePointAt(0) ?? 0;
  const [letter, digits] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).toUpperCase().padStart(digits, '0')}`;
}

/** Writes a text of several lines as a block (`|`). */
export function writeBlock(writer: LineWriter, text: string, { indent }: ScalarContext): void {
  const characters = Array.from(text);
  writer.indicator('|', { blankBefore: true });
  const [first = ''] = characters;
  if (first === ' ' || isBreak(first)) writer.indicator(String(INDENT));
  const chomp = chompHint(characters);
  if (chomp !== '') writer.indicator(chomp);
  writer.blockBegins();
  let broken = true;
  for (const character of characters) {
    if (isBreak(character)) {
      writer.writeBreak(character);
      writer.markIndention(true);
      broken = true;
    } else {
      if (broken) writer.indent(indent);
      writer.put(character);
      writer.markIndention(false);
      broken = false;
    }
  }
}

/** `-` where the text ends within a line, `+` where it ends with empty ones. */
function chompHint(characters: readonly string[]): string {
  const last = characters.at(-1);
  if (last === undefined || !isBreak(last)) return '-';
  const before = characters.at(-2);
  return before === undefined || isBreak(before) ? '+' : '';
}
