import { describe, expect, it } from '@jest/globals';

import { anchored, buildRoutes, groupOf, matchRoutes } from '../src/index.ts';
import { labels, matcher, routeSpec } from './fixtures.ts';

const tree = buildRoutes(
  routeSpec({
    receiver: 'default',
    groupBy: ['alertname'],
    groupWaitMs: 10_000,
    labels: labels({ a: '1', b: '1' }),
    muteTimeIntervals: ['never inherited'],
    routes: [
      routeSpec({
        receiver: 'a',
        matchers: [matcher('=~', 'owner', anchored('team-(A|C)'))],
        routes: [
          routeSpec({ receiver: 'a-testing', matchers: [matcher('=', 'env', 'testing')], groupBy: [] }),
          routeSpec({
            receiver: 'a-production',
            matchers: [matcher('=', 'env', 'production')],
            groupBy: ['env', 'job'],
            groupWaitMs: 1000,
            groupIntervalMs: 2000,
            repeatIntervalMs: 3000,
            continue: true,
            labels: labels({ b: '2' }),
          }),
          routeSpec({ matchers: [matcher('=~', 'env', 'prod.*'), matcher('=', 'bar', 'baz')], groupBy: '...' }),
        ],
      }),
      routeSpec({ receiver: 'b', matchers: [matcher('=', 'owner', 'team-B')], continue: true }),
      routeSpec({ receiver: 'b2', matchers: [matcher('=', 'owner', 'team-B')], continue: true }),
      routeSpec({ receiver: 'b3', matchers: [matcher('=', 'owner', 'team-B')] }),
      routeSpec({ receiver: 'never', matchers: [matcher('=', 'owner', 'team-B')] }),
    ],
  }),
);

const at = (pairs: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  matchRoutes(tree, labels(pairs)).map(({ options, id }) => [options.receiver, id] as const);

const A = '{owner=~"^(?:team-(A|C))$"}';

describe('R1: an alert goes to the deepest routes that match', () => {
  it.each([
    ['the root, when no child matches', { owner: 'x' }, [['default', '{}']]],
    ['a child, when none of its own does', { owner: 'team-A' }, [['a', `{}/${A}/0`]]],
    ['a grandchild alone', { owner: 'team-A', env: 'testing' }, [['a-testing', `{}/${A}/0/{env="testing"}/0`]]],
    [
      'the next sibling too, after continue',
      { owner: 'team-C', env: 'production', bar: 'baz' },
      [
        ['a-production', `{}/${A}/0/{env="production"}/1`],
        ['a', `{}/${A}/0/{bar="baz",env=~"prod.*"}/2`],
      ],
    ],
    [
      'no sibling behind the first without continue',
      { owner: 'team-B' },
      [
        ['b', '{}/{owner="team-B"}/1'],
        ['b2', '{}/{owner="team-B"}/2'],
        ['b3', '{}/{owner="team-B"}/3'],
      ],
    ],
  ])('%s', (_where, pairs, receivers) => {
    expect(at(pairs)).toEqual(receivers);
  });

  it('nowhere, when the root does not match', () => {
    expect(matchRoutes(buildRoutes(routeSpec({ matchers: [matcher('=', 'a', 'b')] })), labels({}))).toEqual([]);
  });
});

describe('R2: options are inherited', () => {
  const [production, , third] = [
    matchRoutes(tree, labels({ owner: 'team-A', env: 'production' }))[0]?.options,
    undefined,
    matchRoutes(tree, labels({ owner: 'team-A', env: 'prod', bar: 'baz' }))[0]?.options,
  ];

  it('but where a route says otherwise; labels one by one', () => {
    expect(production).toMatchObject({ groupWaitMs: 1000, groupIntervalMs: 2000, repeatIntervalMs: 3000 });
    expect(production?.groupBy).toEqual(new Set(['env', 'job']));
    expect(production?.labels).toEqual(labels({ a: '1', b: '2' }));
  });

  it('from the defaults at the root', () => {
    expect(third).toMatchObject({
      receiver: 'a',
      groupWaitMs: 10_000,
      groupIntervalMs: 300_000,
      repeatIntervalMs: 14_400_000,
      groupBy: '...',
    });
  });

  it('the names of time intervals are not', () => {
    expect(tree.options.muteTimeIntervals).toEqual(['never inherited']);
    expect(third?.muteTimeIntervals).toEqual([]);
  });
});

describe('R3: a group key is the route key with the labels of the group', () => {
  it.each([
    [{ owner: 'x', alertname: 'X', cluster: 'y' }, '{}:{alertname="X"}'],
    [{ owner: 'x', cluster: 'y' }, '{}:{}'],
    [{ owner: 'team-A', env: 'testing', alertname: 'X' }, `{}/${A}/{env="testing"}:{}`],
    [
      { owner: 'team-A', env: 'prod', bar: 'baz', q: 'a"b' },
      String.raw`{}/${A}/{bar="baz",env=~"prod.*"}:{bar="baz", env="prod", owner="team-A", q="a\"b"}`,
    ],
  ])('of %j', (pairs, key) => {
    const [route] = matchRoutes(tree, labels(pairs));
    expect(route && groupOf(route, labels(pairs)).key).toBe(key);
  });
});
