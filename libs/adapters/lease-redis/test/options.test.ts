import { describe, expect, test } from '@jest/globals';
import { openRedisLeaseStore, type RedisLeaseOptions } from '../src/index.ts';
import { namesOf, resolveTarget } from '../src/options.ts';

describe('where Redis is', () => {
  test.each<[RedisLeaseOptions, object]>([
    [{ url: 'redis://cache' }, { topology: { kind: 'single', endpoint: { host: 'cache', port: 6379 }, database: 0 } }],
    [
      { url: 'rediss://us%40r:p%3Aw@[::1]:7000/3' },
      {
        topology: { kind: 'single', endpoint: { host: '::1', port: 7000 }, database: 3 },
        username: 'us@r',
        password: 'p:w',
        tls: {},
      },
    ],
    [
      { url: 'redis://:old@cache', password: 'new', username: 'x', tls: { serverName: 'cache' } },
      {
        topology: { kind: 'single', endpoint: { host: 'cache', port: 6379 }, database: 0 },
        username: 'x',
        password: 'new',
        tls: { serverName: 'cache' },
      },
    ],
    [
      { sentinels: ['s1:26379', '[fe80::1]:26380'] },
      {
        topology: {
          kind: 'sentinel',
          name: 'mymaster',
          sentinels: [
            { host: 's1', port: 26379 },
            { host: 'fe80::1', port: 26380 },
          ],
        },
      },
    ],
    [{ clusterNodes: ['n1:7000'] }, { topology: { kind: 'cluster', nodes: [{ host: 'n1', port: 7000 }] } }],
  ])('is read from %j', (options, target) => {
    expect(resolveTarget(options)).toEqual(target);
  });

  test.each<[RedisLeaseOptions, string]>([
    [{}, 'expected one of url, sentinels and clusterNodes, got 0'],
    [{ url: 'redis://a', clusterNodes: ['b:1'] }, 'got 2'],
    [{ url: 'http://user:hidden@cache' }, 'cannot read the URL of Redis'],
    [{ url: 'user:hidden@cache:port' }, 'cannot read the URL of Redis'],
    [{ url: 'redis://:hidden@cache/leases' }, 'its path is no database number'],
    [{ clusterNodes: ['n1'] }, 'cannot read the address "n1" of Redis'],
    [{ sentinels: ['n1:70000'] }, 'cannot read the address "n1:70000" of Redis'],
  ])('is refused in %j', (options, message) => {
    const open = () => openRedisLeaseStore(options);
    expect(open).toThrow(TypeError);
    expect(open).toThrow(message);
    expect(open).not.toThrow('hidden');
  });
});

test('the key and the channel share a hash tag; a prefix that would break it is refused', () => {
  expect(namesOf('prod')).toEqual({ key: '{prod}:leases', channel: '{prod}:leases:changes' });
  for (const prefix of ['', 'a}b', '{a', 'a b']) expect(() => namesOf(prefix)).toThrow(TypeError);
});
