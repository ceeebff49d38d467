import { Buffer } from 'node:buffer';

/** A quoted text that was read, and where it ends; or why it cannot be read, and where. */
export type QuotedText =
  | { readonly ok: true; readonly text: string; readonly end: number }
  | { readonly ok: false; readonly problem: string; readonly at: number };

/** The escapes of one letter, as in Go. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);
/** The escapes by number: `\x41`, `\101`, `\u0041`, `\U00000041`. */
const NUMBERED = /\\(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/uy;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a text in quotes as PromQL does: `"…"` and `'…'` with Go's escapes, `` `…` `` without. */
export function readQuoted(source: string, from: number): QuotedText {
  const quote = source.charAt(from);
  if (quote === '`') return readRaw(source, from);
  // Escapes by number name bytes, of which several may be one character.
  const parts: Buffer[] = [];
  for (let at = from + 1; at < source.length;) {
    const character = source.charAt(at);
    if (character === quote) return inUtf8(parts, { from, end: at + 1 });
    if (character === '\n') break;
    const piece = character === '\\' ? readEscape(source, at, quote) : readPlain(source, at, quote);
    if (piece === undefined) return { ok: false, problem: 'there is no such escape', at };
    parts.push(piece.bytes);
    at = piece.end;
  }
  return { ok: false, problem: 'the text in quotes has no end', at: from };
}

function readRaw(source: string, from: number): QuotedText {
  const end = source.indexOf('`', from + 1);
  if (end === -1) return { ok: false, problem: 'the text in quotes has no end', at: from };
  return { ok: true, text: source.slice(from + 1, end), end: end + 1 };
}

function inUtf8(parts: readonly Buffer[], { from, end }: { readonly from: number; readonly end: number }): QuotedText {
  try {
    return { ok: true, text: utf8.decode(Buffer.concat(parts)), end };
  } catch {
    return { ok: false, problem: 'the text in quotes is not UTF-8', at: from };
  }
}

interface Piece {
  readonly bytes: Buffer;
  readonly end: number;
}

function readPlain(source: string, from: number, quote: string): Piece {
  let end = from;
  while (end < source.length && ![quote, '\\', '\n'].includes(source.charAt(end))) end++;
  return { bytes: Buffer.from(source.slice(from, end)), end };
}

function readEscape(source: string, from: number, quote: string): Piece | undefined {
  const letter = source.charAt(from + 1);
  const character = letter === quote ? quote : LETTERS.get(letter);
  if (character !== undefined) return { bytes: Buffer.from(character), end: from + 2 };
  NUMBERED.lastIndex = from;
  const match = NUMBERED.exec(source);
  const bytes = match === null ? undefined : numberedBytes(match);
  return bytes === undefined ? undefined : { bytes, end: NUMBERED.lastIndex };
}

function numberedBytes([, byte, octal, short, long]: RegExpExecArray): Buffer | undefined {
  if (byte !== undefined) return Buffer.of(Number.parseInt(byte, 16));
  if (octal !== undefined) return Buffer.of(Number.parseInt(octal, 8));
  const code = Number.parseInt(short ?? long ?? '', 16);
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? Buffer.from(String.fromCodePoint(code)) : undefined;
}
