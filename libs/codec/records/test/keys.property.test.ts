import { describe, expect, test } from '@jest/globals';
import { clusterId, clusterKey, shardKey, tenantKey, unpairedKey } from '../src/index.ts';
import fc from 'fast-check';

/** Names built from the characters that could make keys meet, lone surrogates among them. */
const awkward = fc.string({
  minLength: 1,
  maxLength: 6,
  unit: fc.constantFrom(
    '/',
    '%',
    '2',
    'F',
    'u',
    'D',
    '8',
    '0',
    '\n',
    '\u0000',
    'é',
    '😀',
    '\uD800',
    '\uD801',
    '\uDC00',
  ),
});
const name = fc.oneof(awkward, fc.string({ minLength: 1, unit: 'binary' }));

const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');

describe('keys', () => {
  test('two different pairs of names never have the same key', () => {
    fc.assert(
      fc.property(name, name, name, name, (tenant, cluster, otherTenant, otherCluster) => {
        const same = tenant === otherTenant && cluster === otherCluster;
        expect(hex(clusterKey(tenant, cluster)) === hex(clusterKey(otherTenant, otherCluster))).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  test('keys of different kinds never meet', () => {
    fc.assert(
      fc.property(name, name, name, fc.nat(64), (tenant, cluster, otherTenant, number) => {
        const keys = [
          clusterKey(tenant, cluster),
          shardKey(otherTenant, cluster, number),
          unpairedKey(otherTenant, number),
          tenantKey(otherTenant),
        ];
        expect(new Set(keys.map(hex)).size).toBe(4);
      }),
      { numRuns: 500 },
    );
  });

  test('ordinary names stay readable', () => {
    expect(clusterId('team-a', 'eu-1.prod')).toBe('team-a/eu-1.prod');
    expect(clusterId('a/b', '100%')).toBe('a%2Fb/100%25');
    expect(Buffer.from(unpairedKey('team-a', 3)).toString()).toBe('team-a//3');
    expect(Buffer.from(shardKey('team-a', 'eu-1', 3)).toString()).toBe('team-a/eu-1/3');
  });
});
