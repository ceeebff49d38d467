import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf, LabelHasher, SeriesTable, toHex, type Fingerprint } from '../src/index.ts';

const label = fc.record({ name: fc.string({ minLength: 1 }), value: fc.string({ minLength: 1 }) });
const labels = fc.uniqueArray(label, { selector: ({ name }) => name, maxLength: 15 });
const shuffled = labels.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
);

describe('the fingerprint of a series', () => {
  it('is the same whatever the order of its labels', () => {
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(fingerprintOf(other)).toEqual(fingerprintOf(list));
      }),
    );
  });

  it('leaves out the replica label and labels of empty value', () => {
    fc.assert(
      fc.property(labels, fc.string(), fc.string(), (list, replica, empty) => {
        const others = list.filter(({ name }) => name !== '__replica__' && name !== empty);
        const more = [{ name: '__replica__', value: replica }, ...others, { name: empty, value: '' }];
        expect(fingerprintOf(more, '__replica__')).toEqual(fingerprintOf(others));
      }),
    );
  });

  it('changes with any label: its name, its value, its absence, or a value that moves to another name', () => {
    fc.assert(
      fc.property(labels, label, (list, one) => {
        const others = list.filter(({ name }) => name !== one.name && name !== `${one.name}x`);
        const prints = [
          others,
          [...others, one],
          [...others, { ...one, value: `${one.value}x` }],
          [...others, { ...one, name: `${one.name}x` }],
          [...others, { name: `${one.name}x`, value: one.value.slice(1) }],
        ].map((series) => toHex(fingerprintOf(series)));
        expect(new Set(prints).size).toBe(one.value.length === 1 ? 4 : 5);
      }),
    );
  });

  it('swaps: two names whose values are exchanged are another series', () => {
    const [a, b] = [
      { name: 'src', value: 'x' },
      { name: 'dst', value: 'y' },
    ];
    expect(fingerprintOf([a, b])).not.toEqual(
      fingerprintOf([
        { ...a, value: 'y' },
        { ...b, value: 'x' },
      ]),
    );
  });

  it('is fixed for ever: partitions depend on it', () => {
    const series = [
      { name: '__name__', value: 'http_requests_total' },
      { name: 'job', value: 'api' },
      { name: 'instance', value: '10.0.0.1:9100' },
    ];
    expect(toHex(fingerprintOf(series))).toBe('90d5a2c4e2b0a9a5');
  });
});

describe('a million series', () => {
  /** What each value of a label adds. */
  const hashesOf = (name: string, values: readonly string[]): readonly Fingerprint[] =>
    values.map((value) => fingerprintOf([{ name, value }]));
  const range = (prefix: string): string[] => Array.from({ length: 100 }, (_, i) => `${prefix}${i}`);

  it('do not collide, and each half alone collides no more than chance would have it', () => {
    const names = hashesOf('__name__', range('container_cpu_usage_seconds_total_'));
    const pods = hashesOf('pod', range('api-7c9d8b6f5-'));
    const instances = hashesOf(
      'instance',
      range('10.0.0.').map((host) => `${host}:9100`),
    );
    const table = new SeriesTable({ capacity: 1_000_000 });
    const halves = [new Int32Array(1_000_000), new Int32Array(1_000_000)] as const;
    let count = 0;
    for (const name of names) {
      for (const pod of pods) {
        for (const instance of instances) {
          const high = (name.high + pod.high + instance.high) | 0;
          const low = (name.low + pod.low + instance.low) | 0;
          table.advance(high, low, 1);
          halves[0][count] = high;
          halves[1][count++] = low;
        }
      }
    }
    expect(table.size).toBe(1_000_000);
    expectNoMoreThanChance(halves);
  });

  it('nor do the hashes of 300 000 labels that differ in a number', () => {
    const bytes = Buffer.alloc(64);
    const hasher = new LabelHasher(new DataView(bytes.buffer, bytes.byteOffset));
    const halves = [new Int32Array(300_000), new Int32Array(300_000)] as const;
    for (let i = 0; i < 300_000; i++) {
      hasher.hash(0, 3, 3, bytes.write(`podapi-7c9d8b6f5-${i}`, 'latin1'));
      halves[0][i] = hasher.high;
      halves[1][i] = hasher.low;
    }
    expectNoMoreThanChance(halves);
  });
});

function expectNoMoreThanChance(halves: readonly Int32Array[]): void {
  for (const half of halves) {
    // How many of so many random 32-bit words repeat an earlier one, and six standard deviations more.
    const expected = half.length ** 2 / 2 ** 33;
    expect(repeats(half)).toBeLessThan(expected + 6 * Math.sqrt(expected));
  }
}

function repeats(words: Int32Array): number {
  words.sort();
  let count = 0;
  for (let i = 1; i < words.length; i++) if (words[i] === words[i - 1]) count++;
  return count;
}
