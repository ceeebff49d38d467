import { resolveScalar } from './resolve-scalar.ts';

/** How a scalar is written. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'block';

/** Where a scalar stands. */
export interface ScalarPlace {
  readonly flow: boolean;
  /** As the key of a mapping, in one line. */
  readonly simpleKey: boolean;
}

/** YAML 1.1's sexagesimal numbers: nobody here reads them, others do. */
const BASE_60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;

/** The style in which yaml.v2 writes a text. */
export function styleOfText(text: string, place: ScalarPlace): ScalarStyle {
  const allowed = analyse(text);
  if (text.includes('\n')) {
    if (place.simpleKey || place.flow || !allowed.block) return 'double';
    return 'block';
  }
  if (resolveScalar(text).tag !== '!!str' || BASE_60.test(text)) return 'double';
  const plain = place.flow ? allowed.flowPlain : allowed.blockPlain;
  if (plain) return 'plain';
  return allowed.single ? 'single' : 'double';
}

interface Allowed {
  readonly flowPlain: boolean;
  readonly blockPlain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

const SPACE = ' ';
const BREAKS: ReadonlySet<string> = new Set(['\r', '\n', '\u0085', '\u2028', '\u2029']);
const FIRST_INDICATORS: ReadonlySet<string> = new Set('#,[]{}&*!|>\'"%@`');
const LATER_FLOW_INDICATORS: ReadonlySet<string> = new Set(',?[]{}');

/** What libyaml's emitter finds in a text; by its own, wider list of what must be escaped. */
function analyse(text: string): Allowed {
  const characters = Array.from(text);
  const { flow, block } = indicators(text, characters);
  const special = characters.some((character) => !isPrintable(character)) || pairs(characters, isSpace, isBreak);
  const single = !special && !pairs(characters, isBreak, isSpace);
  const plain = single && !isEdged(characters) && !characters.some(isBreak);
  return {
    flowPlain: plain && !flow && text !== '',
    blockPlain: plain && !block,
    single,
    block: characters.at(-1) !== SPACE && !special && text !== '',
  };
}

function isEdged(characters: readonly string[]): boolean {
  return [characters[0], characters.at(-1)].some((edge) => edge !== undefined && isSpaceOrBreak(edge));
}

interface Indicators {
  readonly flow: boolean;
  readonly block: boolean;
}

function indicators(text: string, characters: readonly string[]): Indicators {
  const marker = text.startsWith('---') || text.startsWith('...');
  let [flow, block] = [marker, marker];
  for (const [index, character] of characters.entries()) {
    const next = characters[index + 1];
    const blankFollows = next === undefined || next === SPACE || next === '\t';
    const found = index === 0 ? first(character, blankFollows) : later(character, blankFollows, characters[index - 1]);
    flow ||= found.flow;
    block ||= found.block;
  }
  return { flow, block };
}

function first(character: string, blankFollows: boolean): Indicators {
  if (FIRST_INDICATORS.has(character)) return { flow: true, block: true };
  if (character === '?' || character === ':') return { flow: true, block: blankFollows };
  const dash = character === '-' && blankFollows;
  return { flow: dash, block: dash };
}

function later(character: string, blankFollows: boolean, previous: string | undefined): Indicators {
  if (LATER_FLOW_INDICATORS.has(character)) return { flow: true, block: false };
  if (character === ':') return { flow: true, block: blankFollows };
  const comment = character === '#' && previous !== undefined && (isSpaceOrBreak(previous) || previous === '\t');
  return { flow: comment, block: comment };
}

function pairs(
  characters: readonly string[],
  before: (character: string) => boolean,
  after: (character: string) => boolean,
): boolean {
  return characters.some((character, index) => index > 0 && after(character) && before(characters[index - 1] ?? ''));
}

function isSpace(character: string): boolean {
  return character === SPACE;
}

/** What ends a line for libyaml. */
export function isBreak(character: string): boolean {
  return BREAKS.has(character);
}

function isSpaceOrBreak(character: string): boolean {
  return character === SPACE || BREAKS.has(character);
}

/** What libyaml writes without an escape: nothing beyond U+FFFD, and no tab. */
export function isPrintable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a || (code >= 0x20 && code <= 0x7e)) return true;
  return code >= 0xa0 && code <= 0xfffd && code !== 0xfeff && !(code >= 0xd800 && code <= 0xdfff);
}
