import { optional, optionalStruct } from '../yaml/collections.ts';
import { flag, text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { httpConfig } from './http.ts';
import { tlsConfig } from './tls.ts';
import { duration, hostPort, knownUrl, secret, secretUrl, url } from './values.ts';

const DEFAULT_RESOLVE_TIMEOUT_MS = 300_000;

const fields = {
  resolve_timeout: always(duration),
  http_config: given(optionalStruct(httpConfig)),
  jira_api_url: given(url),
  smtp_from: given(text),
  smtp_hello: given(text),
  smtp_smarthost: given(hostPort),
  smtp_auth_username: given(text),
  smtp_auth_password: given(secret),
  smtp_auth_password_file: given(text),
  smtp_auth_secret: given(secret),
  smtp_auth_secret_file: given(text),
  smtp_auth_identity: given(text),
  smtp_require_tls: always(flag),
  smtp_tls_config: given(optionalStruct(tlsConfig)),
  smtp_force_implicit_tls: given(optional(flag)),
  slack_api_url: given(secretUrl),
  slack_api_url_file: given(text),
  slack_app_token: given(secret),
  slack_app_token_file: given(text),
  slack_app_url: given(url),
  pagerduty_url: given(url),
  opsgenie_api_url: given(url),
  opsgenie_api_key: given(secret),
  opsgenie_api_key_file: given(text),
  wechat_api_url: given(url),
  wechat_api_secret: given(secret),
  wechat_api_secret_file: given(text),
  wechat_api_corp_id: given(text),
  victorops_api_url: given(url),
  victorops_api_key: given(secret),
  victorops_api_key_file: given(text),
  telegram_api_url: given(url),
  telegram_bot_token: given(secret),
  telegram_bot_token_file: given(text),
  webex_api_url: given(url),
  rocketchat_api_url: given(url),
  rocketchat_token: given(optional(secret)),
  rocketchat_token_file: given(text),
  rocketchat_token_id: given(optional(secret)),
  rocketchat_token_id_file: given(text),
  mattermost_webhook_url: given(secretUrl),
  mattermost_webhook_url_file: given(text),
};

/** What holds for every receiver that does not say otherwise. Durations in ms. */
export type GlobalConfig = StructOf<typeof fields>;

/** `global` */
export const globalConfig = struct({
  name: 'global',
  fields,
  defaults: {
    resolve_timeout: DEFAULT_RESOLVE_TIMEOUT_MS,
    http_config: httpConfig.initial(),
    smtp_hello: 'localhost',
    smtp_require_tls: true,
    smtp_tls_config: tlsConfig.zero(),
    slack_app_url: knownUrl('https://slack.com/api/chat.postMessage'),
    pagerduty_url: knownUrl('https://events.pagerduty.com/v2/enqueue'),
    opsgenie_api_url: knownUrl('https://api.opsgenie.com/'),
    wechat_api_url: knownUrl('https://qyapi.weixin.qq.com/cgi-bin/'),
    victorops_api_url: knownUrl('https://alert.victorops.com/integrations/generic/20131114/alert/'),
    telegram_api_url: knownUrl('https://api.telegram.org'),
    webex_api_url: knownUrl('https://webexapis.com/v1/messages'),
    rocketchat_api_url: knownUrl('https://open.rocket.chat/'),
  },
});
