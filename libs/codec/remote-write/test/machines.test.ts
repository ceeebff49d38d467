import { describe, expect, it } from '@jest/globals';
import { compress, encode, inflate, rewrite, scan, type Protocol, type SeriesInput } from '../src/index.ts';
import { expectOk } from './expect-ok.ts';

const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };
const LIMIT = 1 << 30;
const NOW = 1_764_000_000_000;

const sample = (value: number) => ({ value, timestampMs: NOW + value });
const series = (name: string, samples = [sample(1)]): SeriesInput => ({
  labels: [
    { name: '__name__', value: name },
    { name: '__replica__', value: 'a' },
    { name: 'cluster', value: 'c' },
  ],
  samples,
});
const samplesOf = (protocol: Protocol, data: Uint8Array): number =>
  expectOk(scan(protocol, data, LABELS)).summary.samples;

describe.each<Protocol>(['v1', 'v2'])('requests of %s', (protocol) => {
  const small = encode(protocol, [series('small')]);
  const rewritten = Buffer.from(
    expectOk(rewrite(protocol, Uint8Array.from(small), { replicaLabel: '__replica__' })).body,
  );

  it('can be read while another one is inflated, and while another one is walked over', () => {
    const other = encode(protocol, [series('other'), series('second')]);
    const seen: number[] = [];
    const tracker = {
      advance: () => {
        seen.push(samplesOf(protocol, other));
        const nested = inflate(compress(other), LIMIT, (data) => samplesOf(protocol, data));
        seen.push(expectOk(nested).value);
        return true;
      },
    };
    const body = expectOk(
      inflate(compress(small), LIMIT, (data) => {
        seen.push(samplesOf(protocol, other));
        return Buffer.from(expectOk(rewrite(protocol, data, { replicaLabel: '__replica__', series: tracker })).body);
      }),
    ).value;
    expect(seen).toEqual([2, 2, 2]);
    expect(body).toEqual(rewritten);
  });

  it('are read after one that was refused', () => {
    expect(scan(protocol, small.subarray(0, small.length - 1), LABELS).ok).toBe(false);
    expect(samplesOf(protocol, small)).toBe(1);
  });

  it('are left to the next one by a tracker that throws', () => {
    const broken = {
      advance: () => {
        throw new Error('tracker');
      },
    };
    expect(() => rewrite(protocol, Uint8Array.from(small), { replicaLabel: null, series: broken })).toThrow('tracker');
    expect(samplesOf(protocol, small)).toBe(1);
  });

  it('are read when one series alone takes more lists than the memory that is kept has room for', () => {
    const many = Array.from({ length: 150_000 }, (_, i) => sample(i));
    const large = encode(protocol, [series('large', many), series('small')]);
    expect(samplesOf(protocol, large)).toBe(150_001);
    const inPlace = inflate(compress(large), LIMIT, (data) => {
      const { body, keptSamples } = expectOk(rewrite(protocol, data, { replicaLabel: '__replica__' }));
      return { keptSamples, length: body.length, left: samplesOf(protocol, Uint8Array.from(body)) };
    });
    const { keptSamples, length, left } = expectOk(inPlace).value;
    expect([keptSamples, left]).toEqual([150_001, 150_001]);
    expect(length).toBeLessThan(large.length);
  });

  it('are read when they are larger than the memory that is kept', () => {
    const labels = [{ name: 'text', value: 'x'.repeat(9 << 20) }];
    const large = encode(protocol, [{ labels, samples: [sample(1)] }, series('small')]);
    expect(samplesOf(protocol, large)).toBe(2);
    const body = expectOk(
      inflate(compress(large), LIMIT, (data) =>
        Uint8Array.from(expectOk(rewrite(protocol, data, { replicaLabel: '__replica__' })).body),
      ),
    ).value;
    expect(samplesOf(protocol, body)).toBe(2);
  });
});

describe('labels that are those of the series before', () => {
  const fingerprints = (data: Uint8Array): readonly string[] => {
    const seen: string[] = [];
    const tracker = { advance: (high: number, low: number) => seen.push(`${high} ${low}`) > 0 };
    expectOk(rewrite('v1', data, { replicaLabel: '__replica__', series: tracker }));
    return seen;
  };
  const alone = (input: SeriesInput): string => fingerprints(encode('v1', [input]))[0] ?? '';

  it.each([
    ['one is added', ['a', 'b'], ['a', 'aa', 'b']],
    ['one is left out', ['a', 'b', 'c'], ['a', 'c']],
    ['several are left out', ['a', 'b', 'c', 'd'], ['d']],
    ['all are others', ['a', 'b'], ['x', 'y', 'z']],
    ['there are none', ['a'], []],
  ])('are read the same when %s', (_, first, second) => {
    const of = (names: readonly string[]): SeriesInput => ({
      labels: ['__replica__', ...names].map((name) => ({ name, value: `${name} has a value of some length` })),
      samples: [sample(1)],
    });
    const all = [of(first), of(second), of(first)];
    expect(fingerprints(encode('v1', all))).toEqual(all.map(alone));
  });

  it('are told from others of the same length', () => {
    const of = (value: string): SeriesInput => ({ labels: [{ name: 'pod', value }], samples: [sample(1)] });
    const all = ['checkout-1', 'checkout-2', 'checkout-1', 'shipping-1', 'x', 'y'].map(of);
    expect(fingerprints(encode('v1', all))).toEqual(all.map(alone));
  });
});
