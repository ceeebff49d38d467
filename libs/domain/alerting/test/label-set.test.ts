import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { compareLabelSets, compareText, fingerprint, formatLabelSet, type LabelSet } from '../src/index.ts';

const labels = (pairs: Readonly<Record<string, string>>): LabelSet => new Map(Object.entries(pairs));

describe('L1: a fingerprint is FNV-1a over the sorted pairs', () => {
  it.each([
    [{}, 'cbf29ce484222325'],
    [{ alertname: 'Down', instance: 'a:9100' }, '2d96b846feda2766'],
    [{ instance: 'a:9100', alertname: 'Down' }, '2d96b846feda2766'],
    [{ ü: '🙂', a: 'x"y\n' }, '0dbb1ea93fb9abda'],
    [{ b: '1' }, '02957199a0ccbf96'],
    [{ '🙂': '1', '\ue000': '2' }, 'fabfce49bada2490'],
  ])('of %j it is %s', (pairs, hash) => {
    expect(fingerprint(labels(pairs))).toBe(hash);
  });
});

describe('L2: a label set is written as in a group key', () => {
  it.each([
    [{}, '{}'],
    [{ b: '1', a: '2' }, '{a="2", b="1"}'],
    [{ ü: '🙂', a: 'x"y\n' }, String.raw`{a="x\"y\n", ü="🙂"}`],
    [{ a: '\u0000\u007f\u00a0\ufeff\u0085' }, String.raw`{a="\x00\x7f\u00a0\ufeff\u0085"}`],
  ])('%j is %s', (pairs, text) => {
    expect(formatLabelSet(labels(pairs))).toBe(text);
  });
});

describe('L3: label sets are ordered', () => {
  it.each([
    ['fewer labels first', { z: '9' }, { a: '1', b: '1' }],
    ['then the one without the first name', { b: '1' }, { a: '1' }],
    ['then by value', { a: '1', b: '2' }, { a: '2', b: '1' }],
    ['characters beyond U+FFFF last', { a: '\ue000' }, { a: '🙂' }],
  ])('%s', (_what, first, second) => {
    expect(compareLabelSets(labels(first), labels(second))).toBeLessThan(0);
    expect(compareLabelSets(labels(second), labels(first))).toBeGreaterThan(0);
    expect(compareLabelSets(labels(first), labels(first))).toBe(0);
  });

  it('texts compare as their UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.from(a).compare(Buffer.from(b)));
      }),
    );
  });
});
