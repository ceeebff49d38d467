import { bad, routing, type BadFile } from './bad-files.ts';

const GLOBAL: readonly BadFile[] = [
  ...[
    ['slack_app_token', 'x', 'slack_app_token_file'],
    ['slack_api_url', 'http://x.example', 'slack_api_url_file'],
    ['opsgenie_api_key', 'x', 'opsgenie_api_key_file'],
    ['victorops_api_key', 'x', 'victorops_api_key_file'],
    ['telegram_bot_token', 'x', 'telegram_bot_token_file'],
    ['smtp_auth_password', 'x', 'smtp_auth_password_file'],
    ['smtp_auth_secret', 'x', 'smtp_auth_secret_file'],
    ['rocketchat_token', 'x', 'rocketchat_token_file'],
    ['rocketchat_token_id', 'x', 'rocketchat_token_id_file'],
    ['wechat_api_secret', 'x', 'wechat_api_secret_file'],
    ['mattermost_webhook_url', 'http://x.example', 'mattermost_webhook_url_file'],
  ].map(([key = '', value = '', file = '']) =>
    bad(
      `global ${key} and its file`,
      `${routing('continue: false')}global:\n  ${key}: ${value}\n  ${file}: /x\n`,
      `at most one of ${key} & ${file} must be configured`,
      '8:3',
    ),
  ),
  bad(
    'Slack by app and by webhook',
    `${routing('continue: false')}global: {slack_app_token: x, slack_api_url: http://x.example}\n`,
    'at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured',
    '6:10',
  ),
  bad('an unknown key', `${routing('continue: false')}global: {smtp_host: x}\n`, 'field smtp_host not found', '6:10'),
  bad(
    'a URL of no host',
    `${routing('continue: false')}global: {pagerduty_url: "http://"}\n`,
    'missing host for URL',
    '6:25',
  ),
  bad(
    'a URL of another scheme',
    `${routing('continue: false')}global: {pagerduty_url: ftp://x.example}\n`,
    'unsupported scheme "ftp" for URL',
    '6:25',
  ),
  bad(
    'a URL that is none',
    `${routing('continue: false')}global: {pagerduty_url: "http://x.example/%zz"}\n`,
    'invalid URL escape "%zz"',
    '6:25',
  ),
  bad(
    'a port that is none',
    `${routing('continue: false')}global: {pagerduty_url: "http://x.example:port/"}\n`,
    'invalid port ":port" after host',
    '6:25',
  ),
  bad(
    'a smarthost without a port',
    `${routing('continue: false')}global: {smtp_smarthost: mail.example}\n`,
    'address mail.example: missing port in address',
    '6:26',
  ),
  bad(
    'a smarthost with an empty port',
    `${routing('continue: false')}global: {smtp_smarthost: "mail.example:"}\n`,
    'address "mail.example:": port cannot be empty',
    '6:26',
  ),
  bad(
    'a smarthost of too many colons',
    `${routing('continue: false')}global: {smtp_smarthost: "::1:25"}\n`,
    'address ::1:25: too many colons in address',
    '6:26',
  ),
  bad(
    'a resolve_timeout',
    `${routing('continue: false')}global: {resolve_timeout: soon}\n`,
    'not a valid duration string: "soon"',
    '6:27',
  ),
  bad(
    'a TLS version',
    `${routing('continue: false')}global: {smtp_tls_config: {min_version: TLS14}}\n`,
    'unknown TLS version: TLS14',
    '6:41',
  ),
  bad(
    'tracing to nowhere',
    `${routing('continue: false')}tracing: {insecure: true}\n`,
    'tracing endpoint must be set',
    '6:10',
  ),
  bad('a tracing client', `${routing('continue: false')}tracing: {endpoint: x, client_type: udp}\n`, 'udp', '6:37'),
  bad(
    'a tracing compression',
    `${routing('continue: false')}tracing: {endpoint: x, compression: zip}\n`,
    'invalid compression type zip provided, valid options: gzip',
    '6:24',
  ),
];

const recorder = (text: string): string => `${routing('continue: false')}event_recorder:\n  ${text}\n`;

const RECORDER: readonly BadFile[] = [
  bad('a file without a path', recorder('file_outputs: [{}]'), 'event_recorder file output requires a path', '7:18'),
  bad(
    'a webhook without a url',
    recorder('webhook_outputs: [{batch: true}]'),
    'event_recorder webhook output requires a url',
    '7:21',
  ),
  bad(
    'a webhook with a masked url',
    recorder('webhook_outputs: [{url: <secret>}]'),
    'event_recorder webhook output requires an absolute http(s) url',
    '7:22',
  ),
  bad(
    'batch settings without a batch',
    recorder('webhook_outputs: [{url: http://x.example, batch_max_events: 5}]'),
    'event_recorder webhook batch settings require batch: true',
    '7:21',
  ),
  bad(
    'a negative batch',
    recorder('webhook_outputs: [{url: http://x.example, batch: true, batch_max_events: -5}]'),
    'event_recorder webhook batch settings cannot be negative',
    '7:21',
  ),
  bad(
    'Kafka without brokers',
    recorder('kafka_outputs: [{topic: x}]'),
    'event_recorder kafka: at least one broker is required',
    '7:19',
  ),
  bad(
    'Kafka with an empty broker',
    recorder('kafka_outputs: [{topic: x, brokers: [""]}]'),
    'event_recorder kafka: broker entries must be non-empty',
    '7:30',
  ),
  bad(
    'Kafka without a topic',
    recorder('kafka_outputs: [{brokers: [a:1]}]'),
    'event_recorder kafka output requires a topic',
    '7:19',
  ),
  bad(
    'Kafka acks',
    recorder('kafka_outputs: [{topic: x, brokers: [a:1], acks: some}]'),
    'event_recorder kafka: unknown acks "some", must be "none", "leader", or "all"',
    '7:46',
  ),
  bad(
    'a Kafka compression',
    recorder('kafka_outputs: [{topic: x, brokers: [a:1], compression: zip}]'),
    'event_recorder kafka: unknown compression "zip"',
    '7:46',
  ),
  bad(
    'a Kafka format',
    recorder('kafka_outputs: [{topic: x, brokers: [a:1], format: avro}]'),
    'event_recorder kafka: unknown format "avro", must be "json" or "protobuf"',
    '7:46',
  ),
  bad('a key of stdout', recorder('stdout_outputs: [{path: x}]'), 'field path not found', '7:21'),
];

/** `global`, tracing and the event recorder. */
export const BAD_GLOBAL: readonly BadFile[] = [...GLOBAL, ...RECORDER];
