import { describe, expect, test } from '@jest/globals';
import { murmur2, partitionOf } from '../src/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('partitioning', () => {
  // From Apache Kafka, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java, testMurmur2.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (key, hash) => {
    expect(murmur2(bytes(key))).toBe(hash);
  });

  test('hashes a view of a larger buffer as the bytes it shows', () => {
    const inside = new Uint8Array([...bytes('xyz'), ...bytes('foobar'), ...bytes('x')]).subarray(3, 9);
    expect(murmur2(inside)).toBe(-790332482);
  });

  test('chooses a partition as Kafka does: the hash without its sign, by the number of partitions', () => {
    expect(partitionOf(bytes('21'), 12)).toBe((-973932308 & 0x7fffffff) % 12);
    expect(partitionOf(bytes('abc'), 5)).toBe(479470107 % 5);
    expect(partitionOf(new Uint8Array(0), 1)).toBe(0);
  });

  test('spreads keys over all partitions', () => {
    const used = new Set(Array.from({ length: 1000 }, (_, i) => partitionOf(bytes(`tenant/cluster-${i}`), 16)));
    expect(used.size).toBe(16);
  });
});
