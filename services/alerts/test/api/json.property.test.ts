import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { endOfFirstValue } from '../../src/api/json/json-syntax.ts';
import { jsonLabels, jsonText } from '../../src/api/json/render-json.ts';

/** Texts near to JSON: its signs, in any order. */
const nearlyJson = fc
  .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', 'u00e9', 'null', 'tru', '0', '-1.5e3', '.', ' ', 'é'))
  .map((parts) => parts.join(''));

describe('the walk over JSON', () => {
  test('goes over whatever JSON.parse reads, and stops behind it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\n{', ' x', ']]'), (value, behind) => {
        const text = JSON.stringify(value);
        // A number goes on as long as its signs do; none of these is one.
        expect(endOfFirstValue(text + behind)).toEqual({ ok: true, value: text.length });
      }),
    );
  });

  test('ends where JSON.parse can read to, and refuses what it refuses', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => {
        const end = endOfFirstValue(text);
        expect(isJson(end.ok ? text.slice(0, end.value) : text)).toBe(end.ok);
      }),
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('rendered JSON', () => {
  test('is read again as what it was, and may stand in HTML', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = jsonText(text);
        expect(JSON.parse(json)).toBe(text);
        expect(json).not.toMatch(/[<>&\u2028\u2029]/u);
      }),
    );
  });

  test('has labels by name, whatever order they come in', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), fc.string()), (labels) => {
        const pairs = Object.entries(labels);
        const json = jsonLabels(new Map(pairs));
        expect(jsonLabels(new Map(pairs.toReversed()))).toBe(json);
        expect(new Map(Object.entries(JSON.parse(json) as Record<string, string>))).toEqual(new Map(pairs));
      }),
    );
  });
});
