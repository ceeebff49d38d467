import { describe, expect, it } from '@jest/globals';

import { proxyRule } from '../src/http/proxy-rule.ts';
import { webhookConfig } from './fixtures.ts';

/** The proxy of a URL by an `http_config`; `undefined`: none. */
function proxyOf(url: string, http: string, environment: Readonly<Record<string, string>> = {}): string | undefined {
  const config = webhookConfig(`url: 'http://a/x', http_config: {${http}}`);
  const settings = config.receivers[0]?.webhook_configs[0]?.http_config;
  if (settings === undefined) throw new Error('no http_config');
  return proxyRule(settings, environment)(new URL(url))?.href;
}

describe('no_proxy', () => {
  it.each([
    ['http://a.example/', 'a.example', true],
    ['http://b.a.example/', 'a.example', true],
    ['http://xa.example/', 'a.example', false],
    ['http://a.example/', '.a.example', false],
    ['http://b.a.example/', '.a.example', true],
    ['http://b.a.example/', '*.a.example', true],
    ['http://a.example/', 'b.example, A.Example', true],
    ['http://a.example:81/', 'a.example:80', false],
    ['http://a.example/', 'a.example:80', true],
    ['https://a.example/', 'a.example:443', true],
    ['http://10.1.2.3/', '10.0.0.0/8', true],
    ['http://11.1.2.3/', '10.0.0.0/8', false],
    ['http://11.1.2.3/', '10.0.0.0/99', false],
    ['http://10.1.2.3/', '10.1.2.3', true],
    ['http://[2001:db8::1]/', '2001:db8::/32', true],
    ['http://[2001:db8::1]/', '2001:db8::1', true],
    ['http://[2001:db8::1]:81/', '[2001:db8::1]:80', false],
    ['http://a.example/', '*', true],
    ['http://localhost:81/', 'a.example', true],
    ['http://127.0.0.2/', 'a.example', true],
    ['http://[::1]/', 'a.example', true],
  ])('%s by %s: direct is %s', (url, noProxy, direct) => {
    const proxy = proxyOf(url, `proxy_url: 'http://proxy:3128', no_proxy: '${noProxy}'`);
    expect(proxy).toBe(direct ? undefined : 'http://proxy:3128/');
  });

  it('is not needed for a proxy that is meant for everything, loopback too', () => {
    expect(proxyOf('http://127.0.0.1/', "proxy_url: 'http://proxy:3128'")).toBe('http://proxy:3128/');
    expect(proxyOf('http://a.example/', '')).toBeUndefined();
  });
});

describe('proxy_from_environment', () => {
  const environment = { HTTP_PROXY: 'plain:1', https_proxy: 'https://secure:2', NO_PROXY: 'inside' };

  it('takes the proxy of the scheme, upper case first', () => {
    const http = 'proxy_from_environment: true';
    expect(proxyOf('http://a/', http, environment)).toBe('http://plain:1/');
    expect(proxyOf('https://a/', http, environment)).toBe('https://secure:2/');
    expect(proxyOf('https://inside/', http, environment)).toBeUndefined();
    expect(proxyOf('http://localhost/', http, environment)).toBeUndefined();
    expect(proxyOf('http://a/', http)).toBeUndefined();
  });
});
