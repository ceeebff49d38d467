import { describe, expect, it } from '@jest/globals';
import { parseText } from '../src/index.ts';
import fc from 'fast-check';

const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,12}$/).filter((text) => text !== '__name__');
const sample = fc.record({
  metric: fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,12}$/),
  labels: fc.dictionary(name, fc.string({ unit: 'grapheme', minLength: 1 }), { maxKeys: 6, noNullPrototype: true }),
  value: fc.double(),
  timestampMs: fc.option(fc.maxSafeInteger(), { nil: undefined }),
});

const escape = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);

function lineOf({
  metric,
  labels,
  value,
  timestampMs,
}: typeof sample extends fc.Arbitrary<infer T> ? T : never): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  const number = Number.isFinite(value) ? JSON.stringify(value) : value.toString().replace('Infinity', 'Inf');
  return `${metric}{${pairs.join(',')}} ${number}${timestampMs === undefined ? '' : ` ${timestampMs}`}`;
}

describe('parsing', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 8 }), (samples) => {
        const result = parseText(samples.map(lineOf).join('\n'));
        const expected = samples.map(({ metric, labels, value, timestampMs }) => ({
          labels: [
            { name: '__name__', value: metric },
            ...Object.entries(labels).map(([n, v]) => ({ name: n, value: v })),
          ],
          value: Object.is(value, -0) ? 0 : value,
          ...(timestampMs === undefined ? {} : { timestampMs }),
        }));
        expect(result).toEqual({ ok: true, samples: expected, families: [] });
      }),
    );
  });

  it('never throws, whatever the text, and names a line of it', () => {
    const piece = fc.constantFrom(
      'm',
      '{',
      '}',
      '"',
      '\\',
      '=',
      ',',
      ' ',
      '\n',
      '1',
      '#',
      'TYPE ',
      'HELP ',
      'NaN',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const result = parseText(text);
        expect(result.ok || (result.line >= 1 && result.line <= text.split('\n').length)).toBe(true);
      }),
    );
  });
});
