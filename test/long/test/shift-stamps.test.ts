import { describe, expect, test } from '@jest/globals';
import { compress, decode, decompress, encode, type Protocol } from '@tandem/remote-write';

import { shiftStamps } from '../src/way/shift-stamps.ts';

const NOW = 1_780_000_000_000;
const labels = [
  { name: '__name__', value: 'load_steady_total' },
  { name: 'cluster', value: 'c' },
];

function bodyOf(protocol: Protocol, timestampsMs: readonly number[]): Uint8Array {
  const samples = timestampsMs.map((timestampMs, value) => ({ timestampMs, value, stale: value === 1 }));
  return compress(
    encode(protocol, [
      { labels, samples },
      { labels: labels.slice(0, 1), samples },
    ]),
  );
}

function decoded(protocol: Protocol, body: Uint8Array): unknown {
  const inflated = decompress(body, 1e6);
  return inflated.ok ? decode(protocol, inflated.data) : inflated;
}

describe('shifting the stamps of a request', () => {
  test.each<[Protocol, number]>([
    ['v1', 20_000],
    ['v1', -20_000],
    ['v2', 20_000],
    ['v2', -20_000],
  ])('of %s by %i ms moves every sample by that and changes nothing else', (protocol, byMs) => {
    const stamps = [NOW, NOW + 1000, NOW + 2000];
    const shifted = shiftStamps(protocol, bodyOf(protocol, stamps), byMs);
    const expected = bodyOf(
      protocol,
      stamps.map((stamp) => stamp + byMs),
    );
    expect(decoded(protocol, shifted)).toEqual(decoded(protocol, expected));
  });

  test('refuses stamps it has no room for, and what is no request', () => {
    expect(() => shiftStamps('v1', bodyOf('v1', [5]), 20_000)).toThrow('cannot shift the stamp 5');
    expect(() => shiftStamps('v1', Uint8Array.of(4, 12, 0x0a, 0x7f, 1, 2), 1)).toThrow();
    expect(() => shiftStamps('v1', compress(Uint8Array.of(0x0b)), 1)).toThrow('wire type 3');
  });
});
