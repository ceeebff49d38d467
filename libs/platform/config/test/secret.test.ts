import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';

import { Secret, SecretUrl } from '../src/index.ts';

describe('a secret', () => {
  const secret = new Secret('hunter2');

  test.each([
    ['a string', String(secret)],
    ['a template', `it is ${String(secret)}`],
    ['JSON', JSON.stringify({ secret, list: [secret] })],
    ['an inspection', inspect({ nested: { secret } }, { depth: 9, showHidden: true })],
    ['its entries', JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret).length])],
    ['a copy', inspect(Object.assign({}, secret)) + inspect(structuredClone(secret))],
    ['an error', inspect(new Error('x', { cause: secret }))],
    ['a date-like hint', secret[Symbol.toPrimitive]()],
  ])('does not show in %s', (_how, text) => {
    expect(text).not.toContain('hunter2');
  });

  test('prints as <secret>, and is given away where asked', () => {
    expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual(['<secret>', '"<secret>"', '<secret>']);
    expect(secret.reveal()).toBe('hunter2');
  });

  test.each([
    ['redis://user:hunter2@host:6379/0', 'redis://user:<secret>@host:6379/0'],
    ['redis://:hunter2@host:6379', 'redis://:<secret>@host:6379'],
    ['https://hunter2@host/path', 'https://<secret>@host/path'],
    ['redis://host:6379', 'redis://host:6379'],
    ['redis://u:hunter2:more@host', 'redis://u:<secret>@host'],
    ['redis://u:hunter2@more@host', 'redis://u:<secret>@host'],
    ['redis://host?password=hunter2&x=1', 'redis://host?password=<secret>&x=1'],
  ])('in an address: %s', (url, printed) => {
    expect(String(new SecretUrl(url))).toBe(printed);
    expect(JSON.stringify([new SecretUrl(url)])).not.toContain('hunter2');
  });
});
