import { describe, expect, test } from '@jest/globals';

import { type Route } from '../src/index.ts';
import { Router } from '../src/router.ts';

const route = (method: Route['method'], path: string): Route => ({ method, path, handler: () => ({ status: 200 }) });

describe('the router', () => {
  const router = new Router([
    route('GET', '/api/v1/clusters'),
    route('POST', '/api/v1/clusters'),
    route('GET', '/api/v1/clusters/:tenant/:cluster'),
    route('DELETE', '/api/v1/clusters/:tenant/:cluster'),
  ]);

  test('finds exact paths and templates, with decoded parameters', () => {
    expect(router.find('GET', '/api/v1/clusters')).toMatchObject({ outcome: 'found', params: {} });
    expect(router.find('DELETE', '/api/v1/clusters/t/eu%2F1')).toMatchObject({
      outcome: 'found',
      route: { template: '/api/v1/clusters/:tenant/:cluster' },
      params: { tenant: 't', cluster: 'eu/1' },
    });
  });

  test('HEAD is answered where GET is', () => {
    expect(router.find('HEAD', '/api/v1/clusters').outcome).toBe('found');
  });

  test('names the methods a path has', () => {
    expect(router.find('PUT', '/api/v1/clusters')).toMatchObject({
      outcome: 'method-not-allowed',
      allow: 'GET, HEAD, POST',
    });
    expect(router.find('POST', '/api/v1/clusters/a/b')).toMatchObject({ allow: 'DELETE, GET, HEAD' });
  });

  test.each(['/', '', '*', '/api/v1/clusters/', '/api/v1/clusters/a', '/api/v1/clusters//b', '/api/v1/clusters/a/%'])(
    'nothing is at %j',
    (path) => {
      expect(router.find('GET', path).outcome).toBe('not-found');
    },
  );

  test('a route given twice is refused', () => {
    expect(() => new Router([route('GET', '/a'), route('GET', '/a')])).toThrow('twice');
  });
});
