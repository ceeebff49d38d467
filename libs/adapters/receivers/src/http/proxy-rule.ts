import { BlockList, isIP } from 'node:net';

import { formatGoUrl, type HttpConfig } from '@tandem/alertmanager-config';

/** Variables of the process, for `proxy_from_environment`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What says which proxy a request goes by. */
export type ProxySettings = Pick<HttpConfig, 'proxy_url' | 'no_proxy' | 'proxy_from_environment'>;

/** The proxy for a URL; `undefined`: none. @throws TypeError where it is no URL */
export type ProxyRule = (url: URL) => URL | undefined;

/**
 * Which proxy a request goes by, as Go's `httpproxy` decides: never one to localhost or a loopback address, except by a
 * `proxy_url` without `no_proxy`.
 */
export function proxyRule(settings: ProxySettings, environment: Environment): ProxyRule {
  const { proxy_url: proxyUrl, no_proxy: noProxy } = settings;
  if (settings.proxy_from_environment) return environmentRule(environment);
  if (proxyUrl === undefined) return () => undefined;
  const proxy = new URL(formatGoUrl(proxyUrl));
  if (noProxy === '') return () => proxy;
  const direct = directHosts(noProxy);
  return (url) => (direct(url) ? undefined : proxy);
}

function environmentRule(environment: Environment): ProxyRule {
  const of = (name: string): string => environment[name] ?? environment[name.toLowerCase()] ?? '';
  const proxies = { 'http:': of('HTTP_PROXY'), 'https:': of('HTTPS_PROXY') };
  const direct = directHosts(of('NO_PROXY'));
  return (url) => {
    const proxy = proxies[url.protocol === 'https:' ? 'https:' : 'http:'];
    if (proxy === '' || direct(url)) return undefined;
    return new URL(proxy.includes('://') ? proxy : `http://${proxy}`);
  };
}

/** What a request goes to directly, by one entry of `no_proxy`. */
type DirectEntry = (host: string, port: string) => boolean;

/** `a.example` (and what is below), `.a.example` (what is below), addresses, networks, each with a port or without; `*`. */
function directHosts(noProxy: string): (url: URL) => boolean {
  const entries = noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .map(directEntry);
  return (url) => {
    const host = bareHost(url);
    return isLoopback(host) || entries.some((isDirect) => isDirect(host, portOf(url)));
  };
}

function directEntry(entry: string): DirectEntry {
  if (entry === '*') return () => true;
  const [network = '', prefix] = entry.split('/');
  if (prefix !== undefined && isIP(network) !== 0) return networkEntry(network, Number(prefix));
  const [, bracketed, plain = '', entryPort] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*))(?::(\d+))?$/u.exec(entry) ?? [];
  const named = bracketed ?? plain;
  const hasPort = (port: string): boolean => entryPort === undefined || entryPort === port;
  if (isIP(named) !== 0) return (host, port) => host === named && hasPort(port);
  const suffix = named.replace(/^\*(?=\.)/u, '');
  const below = suffix.startsWith('.') ? suffix : `.${suffix}`;
  return (host, port) => (host === suffix || host.endsWith(below)) && hasPort(port);
}

function networkEntry(network: string, prefix: number): DirectEntry {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > (family === 'ipv6' ? 128 : 32)) return () => false;
  list.addSubnet(network, prefix, family);
  return (host) => isIP(host) !== 0 && list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** A host without the brackets of IPv6. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/u, '$1').toLowerCase();
}

function portOf({ port, protocol }: URL): string {
  if (port !== '') return port;
  return protocol === 'https:' ? '443' : '80';
}
