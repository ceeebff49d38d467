import {
  INTEGRATION_KEYS,
  receiversOf,
  type AlertmanagerConfig,
  type HttpConfig,
  type IntegrationKey,
  type ReceiverConfig,
  type RouteConfig,
  type TlsConfig,
  type WebhookConfig,
} from '@tandem/alertmanager-config';

import { customPayload } from './webhook/custom-payload.ts';

/** Kinds of integrations that notifications can be sent by. */
const SENDABLE: ReadonlySet<IntegrationKey> = new Set<IntegrationKey>(['webhook_configs']);
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** What cannot be sent to yet. */
export interface UnsendableReceivers {
  /** A sentence for each receiver that a route names, and each route. */
  readonly refused: readonly string[];
  /** A sentence for each receiver that no route names: nothing is sent to it anyway. */
  readonly unused: readonly string[];
}

/** Finds what this package cannot send yet: other integrations than webhooks, templates, and rare ways to log on. */
export function unsendableReceivers(config: AlertmanagerConfig): UnsendableReceivers {
  const used = receiversOf(config.route);
  const found = config.receivers.flatMap((receiver) =>
    problemsOf(receiver).map((problem) => ({
      name: receiver.name,
      sentence: `receiver "${receiver.name}" cannot be sent to yet: ${problem}`,
    })),
  );
  return {
    refused: [
      ...found.filter(({ name }) => used.has(name)).map(({ sentence }) => sentence),
      ...templatedLabels(config.route),
    ],
    unused: found.filter(({ name }) => !used.has(name)).map(({ sentence }) => `${sentence}; no route names it`),
  };
}

function problemsOf(receiver: ReceiverConfig): readonly string[] {
  const kinds = INTEGRATION_KEYS.filter((key) => receiver[key].length > 0 && !SENDABLE.has(key));
  return [
    ...(kinds.length === 0 ? [] : [`${kinds.join(', ')} (of the integrations, webhook_configs can)`]),
    ...receiver.webhook_configs.flatMap((webhook, index) =>
      webhookProblems(webhook).map((problem) => `webhook_configs[${index}]: ${problem}`),
    ),
  ];
}

function webhookProblems({ url, payload, http_config: http }: WebhookConfig): readonly string[] {
  const problems = http === undefined ? [] : [...httpProblems(http)];
  if (url.reveal().includes('{{')) problems.push('url is a template');
  const custom = payload === null ? undefined : customPayload(payload);
  if (custom?.ok === false) problems.push(custom.error);
  return problems;
}

function httpProblems(http: HttpConfig): readonly string[] {
  const { oauth2, proxy_url: proxy } = http;
  const problems: string[] = [];
  if (referencesOf(http).some((reference) => reference !== '')) {
    problems.push('http_config takes a secret from a secret manager (…_ref), and there is none');
  }
  if (oauth2?.grant_type === JWT_BEARER) problems.push('oauth2 asks for tokens by grant_type jwt-bearer');
  for (const { scheme } of [proxy, oauth2?.proxy_url].filter((url) => url !== undefined)) {
    if (scheme !== 'http' && scheme !== 'https') problems.push(`its proxy is of scheme "${scheme}"`);
  }
  return problems;
}

function referencesOf({ basic_auth: basic, authorization, oauth2, tls_config: tls }: HttpConfig): readonly string[] {
  return [
    basic?.username_ref ?? '',
    basic?.password_ref ?? '',
    authorization?.credentials_ref ?? '',
    oauth2?.client_secret_ref ?? '',
    ...tlsReferences(tls),
    ...(oauth2 === undefined ? [] : tlsReferences(oauth2.tls_config)),
  ];
}

function tlsReferences({ ca_ref: ca, cert_ref: cert, key_ref: key }: TlsConfig): readonly string[] {
  return [ca, cert, key];
}

function templatedLabels(route: RouteConfig): readonly string[] {
  const own = [...route.labels].filter(([, value]) => value.includes('{{'));
  return [
    ...own.map(([name]) => `a route cannot be used yet: its label "${name}" is a template`),
    ...route.routes.flatMap(templatedLabels),
  ];
}
