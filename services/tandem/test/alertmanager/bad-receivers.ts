import { receiving, type BadFile } from './bad-files.ts';

/** One integration of a kind, its settings in one line: they begin at 6:7. */
const one = (kind: string, settings: string): string => receiving(`${kind}_configs:\n  - ${settings}`);

const bad = (name: string, kind: string, settings: string, [says, at]: readonly [string, string]): BadFile => ({
  name: `${kind}: ${name}`,
  text: one(kind, settings),
  says,
  at,
});

const HOOK = 'http://hooks.example/a';

const WEBHOOK: readonly BadFile[] = [
  bad('no address', 'webhook', '{max_alerts: 1}', ['one of url or url_file must be configured', '6:9']),
  bad('two addresses', 'webhook', `{url: ${HOOK}, url_file: /x}`, [
    'at most one of url & url_file must be configured',
    '6:39',
  ]),
  bad('nothing', 'webhook', '', ['missing webhook config', '6:7']),
  bad('not http', 'webhook', '{url: ftp://x.example}', ['invalid URL: unsupported scheme "ftp" for URL', '6:15']),
  bad('a host with a blank', 'webhook', '{url: "http://a b/"}', ['invalid character " " in host name', '6:15']),
  bad('half a template', 'webhook', '{url: "http://x.example/{{ .Status"}', ['invalid template syntax', '6:15']),
  bad('a template with a function URLs do not have', 'webhook', '{url: "{{ .Status | toUpper }}"}', [
    'function "toUpper" not defined',
    '6:15',
  ]),
  bad('fewer than no alerts', 'webhook', `{url: ${HOOK}, max_alerts: -1}`, [
    'cannot unmarshal !!int `-1` into',
    '6:51',
  ]),
  bad('a timeout without a unit', 'webhook', `{url: ${HOOK}, timeout: soon}`, [
    'cannot unmarshal !!str `soon` into',
    '6:48',
  ]),
  bad('an unknown key', 'webhook', `{url: ${HOOK}, uri: x}`, ['field uri not found', '6:39']),
  bad('a payload with a key twice', 'webhook', `{url: ${HOOK}, payload: {a: 1, a: 2}}`, [
    'key "a" already set in map',
    '6:58',
  ]),
  bad('a list for a switch', 'webhook', `{url: ${HOOK}, send_resolved: [yes]}`, [
    'cannot unmarshal !!seq into',
    '6:54',
  ]),
];

const http = (name: string, settings: string, found: readonly [string, string]): BadFile =>
  bad(name, 'webhook', `{url: ${HOOK}, http_config: {${settings}}}`, found);

const HTTP: readonly BadFile[] = [
  http('two bearer tokens', 'bearer_token: a, bearer_token_file: b', [
    'at most one of bearer_token & bearer_token_file must be configured',
    '6:53',
  ]),
  http('basic_auth and a bearer token', 'basic_auth: {username: a}, bearer_token: b', [
    'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured',
    '6:52',
  ]),
  http('two passwords', 'basic_auth: {username: a, password: b, password_file: c}', [
    'at most one of basic_auth password, password_file & password_ref must be configured',
    '6:53',
  ]),
  http('two names', 'basic_auth: {username: a, username_file: b}', [
    'at most one of basic_auth username, username_file & username_ref must be configured',
    '6:53',
  ]),
  http('authorization and a bearer token', 'authorization: {credentials: a}, bearer_token: b', [
    'authorization is not compatible with bearer_token & bearer_token_file',
    '6:53',
  ]),
  http('two credentials', 'authorization: {credentials: a, credentials_file: b}', [
    'at most one of authorization credentials & credentials_file must be configured',
    '6:53',
  ]),
  http('authorization by basic', 'authorization: {type: Basic, credentials: a}', [
    'authorization type cannot be set to "basic", use "basic_auth" instead',
    '6:53',
  ]),
  http('authorization and basic_auth', 'authorization: {credentials: a}, basic_auth: {username: b}', [
    'at most one of basic_auth, oauth2 & authorization must be configured',
    '6:53',
  ]),
  http('oauth2 and basic_auth', 'oauth2: {client_id: a, token_url: b}, basic_auth: {username: b}', [
    'at most one of basic_auth, oauth2 & authorization must be configured',
    '6:52',
  ]),
  http('oauth2 without a client', 'oauth2: {token_url: b}', ['oauth2 client_id must be configured', '6:53']),
  http('oauth2 without a token_url', 'oauth2: {client_id: b}', ['oauth2 token_url must be configured', '6:53']),
  http('oauth2 with two secrets', 'oauth2: {client_id: a, token_url: b, client_secret: c, client_secret_file: d}', [
    'at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured using grant-type=client_credentials',
    '6:53',
  ]),
  http(
    'oauth2 with an algorithm',
    "oauth2: {client_id: a, token_url: b, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', signature_algorithm: HS256}",
    ['valid signature algorithms are RS256, RS384 and RS512', '6:53'],
  ),
  http('two authorities', 'tls_config: {ca: a, ca_file: b}', [
    'at most one of ca, ca_file & ca_ref must be configured',
    '6:66',
  ]),
  http('a certificate without its key', 'tls_config: {cert_file: a}', [
    'exactly one of key or key_file must be configured when a client certificate is configured',
    '6:65',
  ]),
  http('a key without its certificate', 'tls_config: {key_file: a}', [
    'exactly one of cert or cert_file must be configured when a client key is configured',
    '6:65',
  ]),
  http('a TLS version', 'tls_config: {max_version: SSL3}', ['unknown TLS version: SSL3', '6:79']),
  http('two proxies', 'proxy_url: http://p.example, proxy_from_environment: true', [
    'if proxy_from_environment is configured, proxy_url must not be configured',
    '6:53',
  ]),
  http('no_proxy without a proxy', 'no_proxy: a', [
    'if no_proxy is configured, proxy_url must also be configured',
    '6:53',
  ]),
  http('no_proxy beside the environment', 'no_proxy: a, proxy_from_environment: true', [
    'if proxy_from_environment is configured, no_proxy must not be configured',
    '6:53',
  ]),
  http('proxy headers without a proxy', 'proxy_connect_header: {a: [b]}', [
    'if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured',
    '6:53',
  ]),
  http('a header of its own', 'http_headers: {content-type: {values: [a]}}', [
    'setting header "Content-Type" is not allowed',
    '6:53',
  ]),
  http('an unknown key', 'insecure: true', ['field insecure not found', '6:53']),
  http('a key of basic_auth', 'basic_auth: {user: a}', ['field user not found', '6:66']),
];

const MAIL = 'to: a@x.example, from: b@x.example, smarthost: "x.example:25"';

const OTHERS: readonly BadFile[] = [
  bad('nobody', 'email', '{from: a, smarthost: "x:25"}', ['missing to address in email config', '6:9']),
  bad('no smarthost', 'email', '{to: a, from: b}', ['no global SMTP smarthost set', '6:9']),
  bad('no sender', 'email', '{to: a, smarthost: "x:25"}', ['no global SMTP from set', '6:9']),
  bad('a header twice', 'email', `{${MAIL}, headers: {subject: a, Subject: b}}`, [
    'duplicate header "Subject" in email config',
    '6:73',
  ]),
  bad(
    'threads with references',
    'email',
    `{${MAIL}, threading: {enabled: true, thread_by_date: none}, headers: {references: a}}`,
    ['conflicting configuration: threading.enabled conflicts with custom References header', '6:73'],
  ),
  bad('threads by the hour', 'email', `{${MAIL}, threading: {enabled: true, thread_by_date: hourly}}`, [
    "threading.thread_by_date must be either 'none' or 'daily'",
    '6:73',
  ]),
  bad('no key', 'pagerduty', '{severity: a}', ['missing service or routing key in PagerDuty config', '6:9']),
  bad('two routing keys', 'pagerduty', '{routing_key: a, routing_key_file: b}', [
    'at most one of routing_key & routing_key_file must be configured',
    '6:26',
  ]),
  bad('two service keys', 'pagerduty', '{service_key: a, service_key_file: b}', [
    'at most one of service_key & service_key_file must be configured',
    '6:26',
  ]),
  bad('nowhere', 'slack', '{channel: a}', ['no Slack API URL nor App token set either inline or in a file', '6:9']),
  bad('two addresses', 'slack', `{api_url: ${HOOK}, api_url_file: b}`, [
    'at most one of api_url & api_url_file must be configured',
    '6:43',
  ]),
  bad('a token and an address', 'slack', `{api_url: ${HOOK}, app_token: b}`, [
    'at most one of api_url/api_url_file & app_token/app_token_file must be configured',
    '6:43',
  ]),
  bad('a token and an authorization', 'slack', '{app_token: b, http_config: {authorization: {credentials: a}}}', [
    "http authorization can't be set when using Slack App tokens",
    '6:9',
  ]),
  bad('updates by webhook', 'slack', `{api_url: ${HOOK}, update_message: true}`, [
    'update_message can only be used with bot tokens. api_url must be set to https://slack.com/api/chat.postMessage',
    '6:43',
  ]),
  bad('an action of no type', 'slack', `{api_url: ${HOOK}, actions: [{text: a, url: b}]}`, [
    'missing type in Slack action configuration',
    '6:53',
  ]),
  bad('an action of no name', 'slack', `{api_url: ${HOOK}, actions: [{text: a, type: b}]}`, [
    'missing name or url in Slack action configuration',
    '6:53',
  ]),
  bad(
    'an empty confirmation',
    'slack',
    `{api_url: ${HOOK}, actions: [{text: a, type: b, name: c, confirm: {title: d}}]}`,
    ['missing text in Slack confirmation configuration', '6:90'],
  ),
  bad('a field of no value', 'slack', `{api_url: ${HOOK}, fields: [{title: a}]}`, [
    'missing value in Slack field configuration',
    '6:52',
  ]),
  bad('no key', 'opsgenie', '{message: a}', ['no global OpsGenie API Key set either inline or in a file', '6:9']),
  bad('two keys', 'opsgenie', '{api_key: a, api_key_file: b}', [
    'at most one of api_key & api_key_file must be configured',
    '6:22',
  ]),
  bad('a responder without a name', 'opsgenie', '{api_key: a, responders: [{type: team}]}', [
    'has to have at least one of id, username or name specified',
    '6:22',
  ]),
  bad('a responder of no type', 'opsgenie', '{api_key: a, responders: [{name: b, type: crew}]}', [
    'type does not match valid options ^(team|teams|user|escalation|schedule)$',
    '6:22',
  ]),
  bad('no key', 'victorops', '{routing_key: a}', ['no global VictorOps API Key set', '6:9']),
  bad('no route', 'victorops', '{api_key: a}', ['missing Routing key in VictorOps config', '6:9']),
  bad('a field of its own', 'victorops', '{api_key: a, routing_key: b, custom_fields: {entity_id: c}}', [
    'victorOps config contains custom field entity_id which cannot be used as it conflicts with the fixed/static fields',
    '6:38',
  ]),
  bad('no user', 'pushover', '{token: a}', ['one of user_key or user_key_file must be configured', '6:9']),
  bad('no token', 'pushover', '{user_key: a}', ['one of token or token_file must be configured', '6:9']),
  bad('two styles', 'pushover', '{user_key: a, token: b, html: true, monospace: true}', [
    'at most one of monospace & html must be configured',
    '6:45',
  ]),
  bad('a retry without a unit', 'pushover', '{user_key: a, token: b, retry: 60}', [
    'time: missing unit in duration "60"',
    '6:40',
  ]),
  bad('no secret', 'wechat', '{corp_id: a}', ['no global Wechat Api Secret set either inline or in a file', '6:9']),
  bad('no company', 'wechat', '{api_secret: a}', ['no global Wechat CorpID set', '6:9']),
  bad('a type', 'wechat', '{api_secret: a, corp_id: b, message_type: image}', [
    'weChat message type "image" does not match valid options ^(text|markdown)$',
    '6:37',
  ]),
  bad('nobody', 'sns', '{sigv4: {region: a}}', [
    'must provide either a Target ARN, Topic ARN, or Phone Number for SNS config',
    '6:9',
  ]),
  bad('two targets', 'sns', '{topic_arn: a, phone_number: b}', [
    'must provide either a Target ARN, Topic ARN, or Phone Number for SNS config',
    '6:9',
  ]),
  bad('half a key', 'sns', '{topic_arn: a, sigv4: {access_key: b}}', [
    'must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config',
    '6:31',
  ]),
  bad('an external id alone', 'sns', '{topic_arn: a, sigv4: {external_id: b}}', [
    'external_id can only be used with role_arn',
    '6:31',
  ]),
  bad('no bot', 'telegram', '{chat_id: 1}', ['missing bot_token or bot_token_file on telegram_config', '6:9']),
  bad('no chat', 'telegram', '{bot_token: a}', ['missing chat_id or chat_id_file on telegram_config', '6:9']),
  bad('a chat by name', 'telegram', '{bot_token: a, chat_id: team}', ['cannot unmarshal !!str `team` into', '6:33']),
  bad('a way of parsing', 'telegram', '{bot_token: a, chat_id: 1, parse_mode: markdown}', [
    'unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string',
    '6:36',
  ]),
  bad('nowhere', 'discord', '{title: a}', ['one of webhook_url or webhook_url_file must be configured', '6:9']),
  bad('two addresses', 'discord', `{webhook_url: ${HOOK}, webhook_url_file: b}`, [
    'at most one of webhook_url & webhook_url_file must be configured',
    '6:47',
  ]),
  bad('no room', 'webex', '{http_config: {authorization: {credentials: a}}}', [
    'missing room_id on webex_config',
    '6:9',
  ]),
  bad('no authorization', 'webex', '{room_id: a}', ['missing webex_configs.http_config.authorization', '6:9']),
  bad('nowhere', 'msteams', '{title: a}', ['one of webhook_url or webhook_url_file must be configured', '6:9']),
  bad('nowhere', 'msteamsv2', '{title: a}', ['one of webhook_url or webhook_url_file must be configured', '6:9']),
  bad('a summary', 'msteamsv2', `{webhook_url: ${HOOK}, summary: a}`, ['field summary not found', '6:47']),
  bad('no project', 'jira', '{issue_type: a}', ['missing project in jira_config', '6:9']),
  bad('no type of issue', 'jira', '{project: a}', ['missing issue_type in jira_config', '6:9']),
  bad('nowhere', 'jira', '{project: a, issue_type: b}', ['no global Jira Cloud URL set', '6:9']),
  bad('an API', 'jira', '{project: a, issue_type: b, api_type: server}', [
    'unknown api_type on jira_config, must be auto, cloud or datacenter',
    '6:37',
  ]),
  bad('a summary with an unknown key', 'jira', '{project: a, issue_type: b, summary: {text: c}}', [
    'field text not found',
    '6:47',
  ]),
  bad('nowhere', 'incidentio', '{alert_source_token: a}', ['one of url or url_file must be configured', '6:9']),
  bad('no token', 'incidentio', `{url: ${HOOK}, http_config: {follow_redirects: false}}`, [
    'at least one of alert_source_token, alert_source_token_file or http_config.authorization must be configured',
    '6:9',
  ]),
  bad(
    'a token and an authorization',
    'incidentio',
    `{url: ${HOOK}, alert_source_token: a, http_config: {authorization: {credentials: b}}}`,
    ['cannot specify alert_source_token or alert_source_token_file when using http_config.authorization', '6:62'],
  ),
  bad('no token', 'rocketchat', '{token_id: a}', ['no global Rocketchat Token set either inline or in a file', '6:9']),
  bad('no token id', 'rocketchat', '{token: a}', [
    'no global Rocketchat TokenID set either inline or in a file',
    '6:9',
  ]),
  bad('two tokens', 'rocketchat', '{token: a, token_file: b, token_id: c}', [
    'at most one of token & token_file must be configured',
    '6:20',
  ]),
  bad('a field named as in JSON', 'rocketchat', '{token: a, token_id: c, actions: [{image_url: x}]}', [
    'field image_url not found',
    '6:44',
  ]),
  bad('nowhere', 'mattermost', '{channel: a}', ['missing webhook_url or webhook_url_file on mattermost_config', '6:9']),
  bad('a field of no title', 'mattermost', `{webhook_url: ${HOOK}, fields: [{value: a}]}`, [
    'missing title in Mattermost field configuration',
    '6:56',
  ]),
];

/** Integrations, and their HTTP settings. */
export const BAD_RECEIVERS: readonly BadFile[] = [...WEBHOOK, ...HTTP, ...OTHERS];
