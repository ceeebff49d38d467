import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** A pattern nothing can match: it is not one. */
export class BadPattern extends Error {
  constructor() {
    super('syntax error in pattern');
  }
}

/**
 * The files of a pattern in order, as Go's `filepath.Glob` finds them: `*`, `?` and `[…]` within a name, `\` before a sign
 * that is meant itself. What cannot be read is passed over.
 *
 * @throws {BadPattern}
 */
export function glob(pattern: string): readonly string[] {
  const { root } = path.parse(pattern);
  const names = pattern
    .slice(root.length)
    .split('/')
    .filter((name) => name !== '');
  const matchers = names.map(compile);
  let found: readonly string[] = [root];
  for (const [index, name] of names.entries()) {
    found = found.flatMap((directory) => entries(directory, name, matchers[index] ?? /^$/u));
  }
  return names.length === 0 ? [] : found.toSorted();
}

function entries(directory: string, name: string, matcher: RegExp): readonly string[] {
  if (!/[*?[\\]/u.test(name)) {
    const file = path.join(directory, name);
    return statSync(file, { throwIfNoEntry: false }) === undefined ? [] : [file];
  }
  try {
    return readdirSync(directory === '' ? '.' : directory)
      .filter((entry) => matcher.test(entry))
      .map((entry) => path.join(directory, entry));
  } catch {
    return [];
  }
}

const PIECE = /\*|\?|\[\^?(?:\\.|[^\\\]])+\]|\\.|[^*?[\\]/suy;

function compile(name: string): RegExp {
  let source = '';
  PIECE.lastIndex = 0;
  let end = 0;
  for (let piece = PIECE.exec(name)?.[0]; piece !== undefined; piece = PIECE.exec(name)?.[0]) {
    source += translate(piece);
    end = PIECE.lastIndex;
  }
  if (end < name.length) throw new BadPattern();
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    throw new BadPattern();
  }
}

function translate(piece: string): string {
  if (piece === '*') return '.*';
  if (piece === '?') return '.';
  if (piece.startsWith('[')) return piece;
  return escapeSign(piece.length > 1 ? piece.slice(1) : piece);
}

function escapeSign(sign: string): string {
  return /[$()*+./?[\\\]^{|}]/u.test(sign) ? `\\${sign}` : sign;
}
