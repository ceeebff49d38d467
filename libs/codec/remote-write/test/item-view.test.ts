import { describe, expect, it } from '@jest/globals';
import { observe, type ItemView, type Protocol } from '../src/index.ts';
import { fixed64, integer, message, request, text } from './bytes.ts';
import { expectOk } from './expect-ok.ts';

const STALE = '7ff0000000000002';
const ONE = '3ff0000000000000';
const GAUGE = integer(14, 3);
const name = (value: string): number[] => message(1, text(1, '__name__'), text(2, value));
const SYMBOLS = ['', '__name__', 'a', 'a_total'].map((symbol) => text(4, symbol));
const named = (symbol: number): number[] => message(1, [1, symbol]);
/** Metadata of a type, in as many bytes as the varint is given. */
const typed = (...varint: readonly number[]): number[] => message(5, [0x08, ...varint]);

type Seen = Pick<ItemView, 'value' | 'stale' | 'monotonic'>;

function seen(protocol: Protocol, bytes: Uint8Array): Seen[] {
  const all: Seen[] = [];
  const advance = (_high: number, _low: number, _time: number, { value, stale, monotonic }: ItemView): boolean =>
    all.push({ value, stale, monotonic }) > 0;
  expectOk(observe(protocol, bytes, { replicaLabel: null, series: { advance } }));
  return all;
}

describe('the item a tracker is asked about, in layouts that no writer uses', () => {
  const sample = message(2, fixed64(1, ONE));

  it.each([
    ['a value that is left out', message(2, integer(2, 5)), 0, false],
    ['a value after the time', message(2, integer(2, 5), fixed64(1, ONE)), 1, false],
    ['a value that is there twice', message(2, fixed64(1, STALE), integer(9, 1), fixed64(1, ONE)), 1, false],
    ['a marker after the time', message(2, integer(2, 5), fixed64(1, STALE)), NaN, true],
    ['another NaN than the marker', message(2, fixed64(1, '7ff8000000000001')), NaN, false],
  ])('%s', (_, item, value, stale) => {
    expect(seen('v1', request(message(1, name('a'), item)))).toEqual([{ value, stale, monotonic: false }]);
  });

  it.each([
    ['nothing', [], { value: 0, stale: false, monotonic: true }],
    [
      'the kinds of count, of which the last one holds',
      [...fixed64(2, ONE), ...integer(1, 7)],
      { value: 7, stale: false, monotonic: true },
    ],
    ['a float count, last', [...integer(1, 7), ...fixed64(2, ONE)], { value: 1, stale: false, monotonic: true }],
    [
      'the sum and the hint before the count',
      [...fixed64(3, STALE), ...GAUGE, ...integer(1, 7)],
      { value: NaN, stale: true, monotonic: false },
    ],
    [
      'a hint that was taken back',
      [...GAUGE, ...integer(14, 2), ...integer(1, 7)],
      { value: 7, stale: false, monotonic: true },
    ],
    ['a hint of more bytes than it needs', [0x70, 0x83, 0x80, 0x00], { value: 0, stale: false, monotonic: false }],
  ])('a histogram of %s', (_, fields, view) => {
    expect(seen('v1', request(message(1, message(4, fields), name('a'))))).toEqual([view]);
  });

  it.each([
    ['the name after the samples', [sample, named(3)], true],
    ['no name', [sample], false],
    ['the type after the samples', [named(2), sample, typed(1)], true],
    ['the type before the name', [typed(2), named(3), sample], false],
    ['a type of more bytes than it needs', [named(2), sample, typed(0x81, 0x80, 0x00)], true],
    ['a type that is no type', [named(3), sample, typed(99)], true],
    ['a negative type', [named(3), sample, typed(...Array<number>(9).fill(0xff), 0x01)], true],
    ['metadata in two messages, the last without a type', [named(2), typed(1), sample, message(5, [])], true],
    ['metadata in two messages of two types', [named(2), typed(1), typed(2), sample], false],
    ['a type that was taken back', [named(3), typed(2), typed(0), sample], true],
  ])('2.0, %s', (_, fields, monotonic) => {
    const bytes = request(...SYMBOLS, message(5, named(3), typed(1), sample), message(5, ...fields));
    expect(seen('v2', bytes).map((item) => item.monotonic)).toEqual([true, monotonic]);
  });
});
