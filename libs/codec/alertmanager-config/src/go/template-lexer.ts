/** A piece of an action of a Go template. */
export interface TemplateToken {
  readonly kind:
    | 'identifier'
    | 'field'
    | 'variable'
    | 'dot'
    | 'number'
    | 'string'
    | 'character'
    | '('
    | ')'
    | '|'
    | ','
    | ':='
    | '=';
  readonly text: string;
  /** Whether white space stands before it: operands need some between them. */
  readonly spaced: boolean;
}

/** An action (`{{ … }}`), in pieces. */
export type TemplateAction = readonly TemplateToken[];

/** A template that cannot be cut into actions. */
export class TemplateSyntaxError extends Error {}

const PIECES: readonly (readonly [TemplateToken['kind'], RegExp])[] = [
  ['string', /"(?:\\.|[^"\\\n])*"|`[^`]*`/uy],
  ['character', /'(?:\\.|[^'\\\n])+'/uy],
  [
    'number',
    /[-+]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][-+]?\d+)?)i?(?![\w.])/uy,
  ],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./uy],
  ['identifier', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  [':=', /:=/uy],
  ['=', /=/uy],
  ['(', /\(/uy],
  [')', /\)/uy],
  ['|', /\|/uy],
  [',', /,/uy],
];

const SPACE = /[ \t\r\n]*/uy;
/** The end of an action, with its trim marker. */
const CLOSE = /(?:[ \t\r\n]-)?\}\}/uy;
const COMMENT = /\{\{(?:-[ \t\r\n])?\/\*/uy;
const COMMENT_END = /\*\/(?:[ \t\r\n]-)?\}\}/uy;

/** The actions of a template in order, comments left out. */
export function* templateActions(text: string): Generator<TemplateAction> {
  let at = text.indexOf('{{');
  while (at !== -1) {
    COMMENT.lastIndex = at;
    if (COMMENT.test(text)) {
      at = endOfComment(text, COMMENT.lastIndex);
    } else {
      const action = readAction(text, at + 2);
      yield action.tokens;
      at = action.end;
    }
    at = text.indexOf('{{', at);
  }
}

function endOfComment(text: string, from: number): number {
  const end = text.indexOf('*/', from);
  if (end === -1) throw new TemplateSyntaxError('unclosed comment');
  COMMENT_END.lastIndex = end;
  if (!COMMENT_END.test(text)) throw new TemplateSyntaxError('comment ends before closing delimiter');
  return COMMENT_END.lastIndex;
}

function readAction(text: string, from: number): { readonly tokens: TemplateAction; readonly end: number } {
  const tokens: TemplateToken[] = [];
  let at = /^-[ \t\r\n]/u.test(text.slice(from, from + 2)) ? from + 1 : from;
  for (;;) {
    CLOSE.lastIndex = at;
    if (CLOSE.test(text)) return { tokens, end: CLOSE.lastIndex };
    SPACE.lastIndex = at;
    SPACE.test(text);
    const start = SPACE.lastIndex;
    CLOSE.lastIndex = start;
    if (CLOSE.test(text)) return { tokens, end: CLOSE.lastIndex };
    if (start >= text.length) throw new TemplateSyntaxError('unclosed action');
    const token = readToken(text, start, start > at);
    tokens.push(token);
    at = start + token.text.length;
  }
}

function readToken(text: string, at: number, spaced: boolean): TemplateToken {
  for (const [kind, pattern] of PIECES) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined && found !== '') return { kind, text: found, spaced };
  }
  const character = text.charAt(at);
  if (character === '"') throw new TemplateSyntaxError('unterminated quoted string');
  if (character === '`') throw new TemplateSyntaxError('unterminated raw quoted string');
  if (/[\d+-]/u.test(character)) throw new TemplateSyntaxError(`bad number syntax: "${text.slice(at, at + 4)}"`);
  throw new TemplateSyntaxError(`unexpected "${character}" in command`);
}
