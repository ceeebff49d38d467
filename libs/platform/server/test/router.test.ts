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

  test('what begins alike goes to its own route, unless a path is more exact', () => {
    const api = new Router([
      route('*', '/*'),
      route('*', '/api/v2/*'),
      route('GET', '/api/v2/known'),
      route('GET', '/api/v2/known/:id'),
    ]);
    const templateOf = (method: string, path: string): unknown => api.find(method, path);
    expect(templateOf('GET', '/api/v2/known')).toMatchObject({ route: { template: '/api/v2/known' } });
    expect(templateOf('GET', '/api/v2/known/1')).toMatchObject({ params: { id: '1' } });
    expect(templateOf('GET', '/api/v2/other/%zz')).toMatchObject({ route: { template: '/api/v2/*' }, params: {} });
    expect(templateOf('GET', '/api/v2/')).toMatchObject({ route: { template: '/api/v2/*' } });
    expect(templateOf('GET', '/api/v2')).toMatchObject({ route: { template: '/*' } });
    expect(templateOf('POST', '/api/v2/known')).toMatchObject({ outcome: 'method-not-allowed' });
  });

  test.each(['GET', 'HEAD', 'OPTIONS', 'PATCH'])('a route of every method is found by %s', (method) => {
    expect(new Router([route('*', '/all')]).find(method, '/all').outcome).toBe('found');
  });

  test('a route given twice is refused', () => {
    expect(() => new Router([route('GET', '/a'), route('GET', '/a')])).toThrow('twice');
  });
});
