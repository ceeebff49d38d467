import { Buffer } from 'node:buffer';

/** What Go prints as it is (`unicode.IsPrint`): letters, marks, numbers, punctuation, symbols, and the ASCII space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['\x07', String.raw`\a`],
  ['\b', String.raw`\b`],
  ['\f', String.raw`\f`],
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
  ['\v', String.raw`\v`],
  ['"', String.raw`\"`],
  ['\\', String.raw`\\`],
]);

/** A text in double quotes as Go's `strconv.Quote` writes it: group keys and quoted label names are made of it. */
export function quote(text: string): string {
  let quoted = '"';
  for (const character of text) quoted += escapeCharacter(character);
  return `${quoted}"`;
}

function escapeCharacter(character: string): string {
  const known = ESCAPED.get(character);
  if (known !== undefined) return known;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  // A lone surrogate cannot be written as UTF-8: what Go would have read is the replacement character.
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  if (code < 0x80) return String.raw`\x${hex(code, 2)}`;
  return code > 0xffff ? String.raw`\U${hex(code, 8)}` : String.raw`\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

const SINGLE: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
  ['"', 34],
]);

/** One escape: by letter, octal, a byte, or a code point. */
const ESCAPE = /\\(?:([abfnrtv\\"])|([0-7]{3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/uy;

/**
 * Reads a text in double quotes as Go's `strconv.Unquote`; `undefined` where that fails, or where bytes written as `\x..`
 * are not UTF-8.
 */
export function unquote(quoted: string): string | undefined {
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"')) return undefined;
  const inner = quoted.slice(1, -1);
  const parts: Buffer[] = [];
  for (let from = 0; from < inner.length;) {
    const escape = inner.indexOf('\\', from);
    const plain = inner.slice(from, escape === -1 ? undefined : escape);
    if (/["\n]/u.test(plain)) return undefined;
    parts.push(Buffer.from(plain, 'utf8'));
    if (escape === -1) break;
    ESCAPE.lastIndex = escape;
    const bytes = bytesOf(ESCAPE.exec(inner));
    if (bytes === undefined) return undefined;
    parts.push(bytes);
    from = ESCAPE.lastIndex;
  }
  return decodeUtf8(Buffer.concat(parts));
}

function bytesOf(match: RegExpExecArray | null): Buffer | undefined {
  if (match === null) return undefined;
  const [, letter, octal, byte, short, long] = match;
  if (letter !== undefined) return singleByte(SINGLE.get(letter));
  if (octal !== undefined) return singleByte(Number.parseInt(octal, 8));
  if (byte !== undefined) return singleByte(Number.parseInt(byte, 16));
  return codePoint(Number.parseInt(short ?? long ?? '', 16));
}

function singleByte(value: number | undefined): Buffer | undefined {
  return value === undefined || value > 0xff ? undefined : Buffer.from([value]);
}

function codePoint(code: number): Buffer | undefined {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return Buffer.from(String.fromCodePoint(code), 'utf8');
}

function decodeUtf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}
