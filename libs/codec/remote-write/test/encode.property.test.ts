import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decode, encode, type SeriesInput } from '../src/index.ts';
import { protocol } from './arbitraries.ts';
import { expectOk } from './expect-ok.ts';
import { readBack } from './oracle.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1 });
const series: fc.Arbitrary<SeriesInput> = fc.record({
  labels: fc.uniqueArray(fc.record({ name: text, value: text }), { selector: ({ name }) => name, maxLength: 6 }),
  samples: fc.array(
    fc.record(
      { value: fc.double(), timestampMs: fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }), stale: fc.boolean() },
      { requiredKeys: ['value', 'timestampMs'] },
    ),
    { maxLength: 4 },
  ),
});

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));

describe('encoding', () => {
  it('is read by the decoder as it was given, labels sorted and stale markers told from NaN', () => {
    fc.assert(
      fc.property(protocol, fc.array(series, { maxLength: 5 }), (version, input) => {
        expect(expectOk(decode(version, encode(version, input))).series).toEqual(
          input.map(({ labels, samples }) => ({
            labels: labels.toSorted(byName),
            samples: samples.map(({ value, timestampMs, stale = false }) => ({
              value: stale ? NaN : value,
              timestampMs,
              stale,
            })),
            histogramTimestampsMs: [],
          })),
        );
      }),
    );
  });

  it('is read by the oracle too', () => {
    fc.assert(
      fc.property(protocol, fc.array(series, { maxLength: 5 }), (version, input) => {
        const found = readBack(version, encode(version, input)).series;
        expect(found.map(({ labels }) => labels)).toEqual(
          input.map(({ labels }) => labels.toSorted(byName).map(({ name, value }) => [name, value])),
        );
        expect(found.map(({ samples }) => samples.map(({ timestamp }) => timestamp))).toEqual(
          input.map(({ samples }) => samples.map(({ timestampMs }) => timestampMs)),
        );
      }),
    );
  });
});
