import { describe, expect, it } from '@jest/globals';

import { readAlertmanagerConfig } from '../src/index.ts';
import { anyValue, type AnyValue } from '../src/yaml/any-value.ts';
import { Decoding, ReadingStopped } from '../src/yaml/decoding.ts';
import { emitYaml } from '../src/yaml/emit.ts';
import { readDocument } from '../src/yaml/read-document.ts';
import { FAILED } from '../src/yaml/type.ts';

function read(text: string): AnyValue {
  const document = readDocument(text);
  if (!document.ok || document.root === undefined) throw new Error('not YAML');
  const decoding = new Decoding('default');
  const value = decoding.read(anyValue, document.root, null);
  if (value === FAILED || decoding.problems.length > 0) throw new Error(decoding.problems[0]?.message);
  return value;
}

const written = (text: string): string => emitYaml(anyValue.encode(read(text)));

describe('Y1: scalars are those of YAML 1.1 as yaml.v2 reads them', () => {
  it.each<readonly [string, AnyValue]>([
    ['yes', true],
    ['Off', false],
    ['n', false],
    ['yEs', 'yEs'],
    ['"yes"', 'yes'],
    ['~', null],
    ['Null', null],
    ['0x1F', 31n],
    ['017', 15n],
    ['0o17', 15n],
    ['0b101', 5n],
    ['1_000', 1000n],
    ['08', 8],
    ['18446744073709551615', 18_446_744_073_709_551_615n],
    ['18446744073709551616', 18_446_744_073_709_552_000],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1e400', '1e400'],
    ['1:30', '1:30'],
    ['2026-11-21', '2026-11-21'],
    ['<<', '<<'],
    ['!!str 5', '5'],
    ['!!float 5', 5],
  ])('%s', (text, value) => {
    expect(read(`a: ${text}\n`)).toEqual(new Map([['a', value]]));
  });
});

describe('Y2: texts are written as yaml.v2 writes them', () => {
  it.each([
    ['b', 'b'],
    ['"yes"', '"yes"'],
    ['"1:30"', '"1:30"'],
    ['"2026-11-21"', '"2026-11-21"'],
    ['"- b"', "'- b'"],
    ['"b: c"', "'b: c'"],
    ['"b #c"', "'b #c'"],
    [`"it's: b"`, "'it''s: b'"],
    ['"\\t"', String.raw`"\t"`],
    ['"🙂 ü"', String.raw`"\U0001F642 ü"`],
    ['"b\\nc"', '|-\n  b\n  c'],
    ['"b\\nc\\n"', '|\n  b\n  c'],
    ['"b \\nc"', String.raw`"b \nc"`],
    ['" b\\nc"', '|2-\n   b\n  c'],
    ['1.50', '1.5'],
    ['1e6', '1e+06'],
    ['0.00001', '1e-05'],
    ['.inf', '.inf'],
    ['[]', '[]'],
    ['{}', '{}'],
  ])('%s', (text, expected) => {
    expect(written(`a: ${text}\n`)).toBe(`a: ${expected}\n`);
  });

  it('long ones are folded at a blank behind column 80', () => {
    const word = 'x'.repeat(78);
    expect(written(`a: ${word} y z\n`)).toBe(`a: ${word}\n  y z\n`);
  });

  it('keys in the order of people: numbers by value, letters after signs', () => {
    expect(written('{k10: 1, k9: 1, K: 1, "-": 1, 2: 1, true: 1, null: 1}').split('\n')).toEqual(
      ['true: 1', '2: 1', 'null: 1', '"-": 1', 'K: 1', 'k9: 1', 'k10: 1', ''].map((line) =>
        line === '"-": 1' ? "'-': 1" : line,
      ),
    );
  });
});

describe('Y3: what would exhaust is refused', () => {
  it('aliases that multiply', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const items = level === 0 ? 'x' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array.from({ length: 9 }, () => items).join(', ')}]`;
    });
    expect(() => read(levels.join('\n'))).toThrow(ReadingStopped);
  });

  it.each([
    ['without end', '['.repeat(100_000)],
    ['with one', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('a nesting %s', (_what, text) => {
    const outcome = readDocument(text);
    expect(outcome).toMatchObject({ ok: false, problem: { message: expect.stringContaining('yaml: ') } });
  });

  it('a nesting that can be read and is too deep to be understood', () => {
    const routes = `${'{routes: ['.repeat(300)}{receiver: a}${']}'.repeat(300)}`;
    const outcome = readAlertmanagerConfig(`route: ${routes}`);
    expect(outcome).toMatchObject({ ok: false });
  });

  it('an anchor within itself', () => {
    const outcome = readDocument('a: &x [*x]');
    expect(outcome).toMatchObject({ ok: false, problem: { line: 1, column: 8 } });
  });
});
