import { describe, expect, it } from '@jest/globals';

import { createIntegrations, unsendableReceivers } from '../src/index.ts';
import { configOf, webhookConfig } from './fixtures.ts';

const OPTIONS = { externalUrl: 'http://am.example', version: '0.34.0', environment: {} };

describe('what cannot be sent to yet', () => {
  it.each([
    ["url: 'http://{{ .Host }}/x'", 'url is a template'],
    ["url: 'http://a/x', payload: {a: ['{{ .Status }}']}", 'payload is a template'],
    ["url: 'http://a/x', payload: {'{{ .Status }}': 1}", 'payload is a template'],
    ["url: 'http://a/x', payload: [.inf]", 'payload has a number that JSON has not'],
    ["url: 'http://a/x', http_config: {proxy_url: 'socks5://b'}", 'its proxy is of scheme "socks5"'],
    [
      "url: 'http://a/x', http_config: {basic_auth: {username: u, password_ref: p}}",
      'http_config takes a secret from a secret manager (…_ref), and there is none',
    ],
    [
      "url: 'http://a/x', http_config: {oauth2: {client_id: i, token_url: 'http://t', grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer'}}",
      'oauth2 asks for tokens by grant_type jwt-bearer',
    ],
  ])('%s', (webhook, problem) => {
    const config = webhookConfig(webhook);
    const sentence = `receiver "ops" cannot be sent to yet: webhook_configs[0]: ${problem}`;
    expect(unsendableReceivers(config)).toEqual({ refused: [sentence], unused: [] });
    expect(() => createIntegrations(config, OPTIONS)).toThrow(sentence);
  });

  it('is said of routes whose labels are templates', () => {
    const config = configOf(
      "route: {receiver: ops, routes: [{matchers: [a=b], labels: {team: '{{ .Status }}'}}]}\nreceivers: [{name: ops}]\n",
    );
    expect(unsendableReceivers(config).refused).toEqual(['a route cannot be used yet: its label "team" is a template']);
  });

  it('is only remarked of receivers that no route names', () => {
    const config = configOf(
      "route: {receiver: ops}\nreceivers: [{name: ops}, {name: idle, webhook_configs: [{url: 'http://{{ . }}'}]}]\n",
    );
    expect(unsendableReceivers(config)).toEqual({
      refused: [],
      unused: ['receiver "idle" cannot be sent to yet: webhook_configs[0]: url is a template; no route names it'],
    });
    expect([...createIntegrations(config, OPTIONS).byReceiver]).toEqual([['ops', []]]);
  });

  it('is a certificate that is none, or is not there', () => {
    const unreadable = webhookConfig("url: 'http://a/x', http_config: {tls_config: {ca_file: /missing.pem}}");
    const none = webhookConfig("url: 'http://a/x', http_config: {tls_config: {ca: none}}");
    const message = 'cannot use http_config of receiver "ops", webhook_configs[0]';
    expect(() => createIntegrations(unreadable, OPTIONS)).toThrow(message);
    expect(() => createIntegrations(none, OPTIONS)).toThrow(message);
  });
});
