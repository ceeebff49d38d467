import { receiving, routing } from './bad-files.ts';

/** A file that must be taken. */
export interface GoodFile {
  readonly name: string;
  readonly text: string;
}

const good = (name: string, text: string): GoodFile => ({ name, text });

const HOOK = 'http://hooks.example/a';
const hook = (settings: string): string => receiving(`webhook_configs:\n  - {url: ${HOOK}${settings}}`);
const http = (settings: string): string => hook(`, http_config: {${settings}}`);

const YAML: readonly GoodFile[] = [
  good('the least there may be', 'route:\n  receiver: team\nreceivers:\n  - name: team\n'),
  good('an empty global', `global:\n${routing('continue: false')}`),
  good('booleans of YAML 1.1', hook(', send_resolved: off')),
  good(
    'anchors and merges',
    routing(
      'routes:\n  - &a {matchers: [a=b], group_wait: 1m}\n  - <<: *a\n    group_wait: 2m\n  - {group_wait: 3m, <<: *a}',
    ),
  ),
  good(
    'several merges at once',
    routing('routes:\n  - &a {group_wait: 1m}\n  - &b {group_wait: 2m, receiver: team}\n  - <<: [*a, *b]'),
  ),
  good('a second document', `${routing('continue: false')}---\nrules: [}\n`.replace('[}', '[]')),
  good(
    'numbers for texts',
    receiving(
      'slack_configs:\n  - api_url: http://x.example\n    channel: 0123\n    title: yes\n    text: 1.50\n    footer: 2026-11-21\n    username: ~',
    ),
  ),
  good('nothing for texts', receiving('slack_configs:\n  - api_url: http://x.example\n    title:\n    text: ""')),
  good('a null element of inhibit_rules', routing('continue: false', 'inhibit_rules:\n  -\n  - equal: [a]\n')),
  good(
    'texts of several lines',
    receiving(
      'slack_configs:\n  - api_url: http://x.example\n    title: |\n      a\n      b\n    text: >-\n      c\n      d\n\n      e\n    footer: |+\n      f\n\n    pretext: " leading"\n    fallback: "trailing \\n"',
    ),
  ),
  good(
    'texts that must be quoted',
    receiving(
      'slack_configs:\n  - api_url: http://x.example\n    title: "yes"\n    text: "- a"\n    footer: "a: b"\n    pretext: "a #b"\n    fallback: "it\'s: \\"x\\""\n    color: "#fff"\n    callback_id: "1e3"\n    icon_url: "12:30:45"\n    thumb_url: "2026-11-21"\n    image_url: "\\t"\n    username: "🙂 ü"\n    icon_emoji: ":smile:"\n    message_text: "?"',
    ),
  ),
  good(
    'long texts',
    receiving(
      `slack_configs:\n  - api_url: http://x.example\n    title: ${'word '.repeat(40)}end\n    text: "${"it's: word ".repeat(30)}end"\n    footer: "${'yes \\t word '.repeat(30)}end"\n    pretext: ${'x'.repeat(200)} y\n    fallback: |\n      ${'long '.repeat(40)}\n      line`,
    ),
  ),
];

const ROUTES: readonly GoodFile[] = [
  good(
    'every key of a route',
    routing(
      'group_by: [a, b]\ngroup_wait: 1s\ngroup_interval: 1m30s\nrepeat_interval: 1w2d\nlabels: {team: x, "a.b": y}\nroutes:\n  - receiver: team\n    matchers: [a=b, \'c=~"d|e"\']\n    match: {f: g}\n    match_re: {h: i.*}\n    continue: true\n    mute_time_intervals: [x]\n    active_time_intervals: [y]',
      'time_intervals: [{name: x}, {name: y, time_intervals: []}]\n',
    ),
  ),
  good('every label', routing("group_by: ['...']")),
  good('one group', routing('group_by: []')),
  good('UTF-8 in matchers', routing(`routes: [{matchers: ['"ü b"=c', 'ö=d', '{e="f"}']}]\ngroup_by: [ü]`)),
  good(
    'matchers the classic syntax alone reads',
    routing("routes: [{matchers: ['a=b c', 'd=[e]', 'f=\"\\\\g\"', 'h={i}']}]"),
  ),
  good('matchers the two read differently', routing('routes: [{matchers: [\'a="\\\\x41"\', \'b="\\\\u00fc"\']}]')),
  good('matchers in one text', routing("routes: [{matchers: ['{b=~\"c,d\",a!=e,}', 'a!~\"\"', 'a=']}]")),
  good(
    'many units',
    routing('group_wait: 1y2w3d4h5m6s7ms\nroutes: [{group_wait: 0, group_interval: 2y}, {group_interval: 14d}]'),
  ),
  good(
    'inhibition',
    routing(
      'continue: false',
      'inhibit_rules:\n  - {name: r, source_match: {a: b}, source_match_re: {a: b.*}, source_matchers: [c=d], target_match: {a: b}, target_match_re: {e: ""}, target_matchers: [\'"f g"=h\'], equal: [i, ü]}\n',
    ),
  ),
  good(
    'time intervals',
    routing(
      'continue: false',
      "time_intervals:\n  - name: x\n    time_intervals:\n      - times: [{start_time: '00:00', end_time: '24:00'}, {start_time: 09:00, end_time: 17:30}]\n        weekdays: [monday:friday, Sunday]\n        days_of_month: ['1:5', '-3:-1', 7, '20:-1']\n        months: [january:march, 5, '11:12', August]\n        years: [2026, '2030:2040']\n        location: Europe/Berlin\n      - years: ['2050']\n      - {location: Local}\n      - {times: []}\nmute_time_intervals:\n  - name: y\n    time_intervals: [{location: UTC}, {weekdays: [saturday, sunday]}]\n",
    ),
  ),
  good('templates', routing('continue: false', 'templates: [a.tmpl, /b/*.tmpl, ../c.tmpl]\n')),
  good(
    'receivers with labels',
    'route: {receiver: a}\nreceivers:\n  - name: a\n    labels: {team: x, a10: y, a9: z, B: w, name: a}\n  - name: b\n',
  ),
];

const HTTP: readonly GoodFile[] = [
  good('basic_auth', http('basic_auth: {username: a, password_file: b}')),
  good('authorization', http('authorization: {credentials: a}, follow_redirects: no, enable_http2: n')),
  good('a bearer token', http('bearer_token: a')),
  good('a bearer token in a file', http('bearer_token_file: a')),
  good(
    'oauth2',
    http(
      'oauth2: {client_id: a, client_secret: b, token_url: http://t.example, scopes: [c], endpoint_params: {d: e}, tls_config: {insecure_skip_verify: true}, proxy_url: http://u:p@q.example:3128, claims: {f: 1, g: [true, 1.5, null]}}',
    ),
  ),
  // In a receiver that no route names, so that nobody reads the files.
  good(
    'TLS',
    `route: {receiver: a}\nreceivers:\n  - name: a\n  - name: b\n    webhook_configs:\n      - url: ${HOOK}\n        http_config: {tls_config: {ca_file: a, cert_file: b, key: c, server_name: d, min_version: TLS12, max_version: TLS13}}\n`,
  ),
  good('a proxy', http('proxy_url: socks5://a:b@c.example, no_proxy: d, proxy_connect_header: {E: [f, g]}')),
  good('a proxy of the environment', http('proxy_from_environment: true')),
  good('headers', http('http_headers: {X-A: {values: [b], secrets: [c], files: [d]}}')),
  good(
    'global settings',
    `${hook('')}global:\n  http_config: {tls_config: {server_name: a}, follow_redirects: false}\n  resolve_timeout: 1h\n`,
  ),
];

const WEBHOOK: readonly GoodFile[] = [
  good(
    'every key',
    hook(
      ', max_alerts: 5, timeout: 1m30s, payload: {a: [1, 2.5, yes, null, "x"], 1: b, true: c, d: {e: 1e6, f: 0x1F, g: 1_000, h: 017}}',
    ),
  ),
  good('a timeout that is a number', hook(', timeout: 1500000')),
  good('a timeout with a fraction', hook(', timeout: 1.5s')),
  good(
    'a template',
    receiving(
      'webhook_configs:\n  - url: "http://x.example/{{ .GroupLabels.team }}?a={{ if eq .Status `firing` }}1{{ else }}0{{ end }}"',
    ),
  ),
  good('a file', receiving('webhook_configs:\n  - url_file: /x')),
  good('a masked address', receiving('webhook_configs:\n  - url: <secret>')),
];

const MAIL = 'to: a@x.example, from: b@x.example, smarthost: "x.example:25"';

const OTHERS: readonly GoodFile[] = [
  good(
    'email',
    receiving(
      `email_configs:\n  - {${MAIL}, headers: {reply-to: c, x-a: d}, auth_username: e, auth_password: f, auth_secret: g, html: "", text: h, require_tls: false, tls_config: {insecure_skip_verify: true}, force_implicit_tls: true, threading: {enabled: true, thread_by_date: daily}}`,
    ),
  ),
  good(
    'email from global',
    `${receiving('email_configs:\n  - {to: a}\n  - {to: b, auth_password_file: c}')}global: {smtp_from: d, smtp_smarthost: "[::1]:25", smtp_hello: e, smtp_auth_username: f, smtp_auth_password: g, smtp_require_tls: false}\n`,
  ),
  good(
    'pagerduty',
    receiving(
      'pagerduty_configs:\n  - {routing_key: a, url: "https://x.example/é ?b c", details: {firing: x, e: {f: g}}, images: [{src: h}], links: [{href: i, text: j}], severity: k, timeout: 5s}',
    ),
  ),
  good(
    'slack',
    receiving(
      `slack_configs:\n  - {api_url: ${HOOK}, fields: [{title: a, value: b, short: true}], actions: [{type: c, text: d, url: e, name: f}, {type: g, text: h, name: i, confirm: {text: j}}], mrkdwn_in: [k], timeout: 1s}`,
    ),
  ),
  good(
    'slack by app',
    receiving(
      'slack_configs:\n  - {app_token: a, channel: b}\n  - {app_token_file: c, app_url: http://s.example/post}',
    ),
  ),
  good(
    'slack from global',
    `${receiving('slack_configs:\n  - {channel: b}\n  - {api_url_file: c}')}global: {slack_api_url: http://g.example}\n`,
  ),
  good(
    'opsgenie',
    `${receiving('opsgenie_configs:\n  - {api_key: a, responders: [{name: b, type: Team}, {id: c, type: "{{ .Status }}"}], details: {d: e}, update_alerts: true}\n  - {api_key_file: f, api_url: http://o.example/api}')}global: {opsgenie_api_url: http://g.example}\n`,
  ),
  good('victorops', receiving('victorops_configs:\n  - {api_key: a, routing_key: b, custom_fields: {c: d}}')),
  good(
    'pushover',
    receiving(
      'pushover_configs:\n  - {user_key: a, token: b, retry: 1m, expire: 90s, ttl: 1h30m, html: true}\n  - {user_key_file: a, token_file: b, retry: 0s}',
    ),
  ),
  good(
    'wechat',
    `${receiving('wechat_configs:\n  - {corp_id: a}')}global: {wechat_api_secret: b, wechat_api_url: http://w.example/x}\n`,
  ),
  good(
    'sns',
    receiving(
      'sns_configs:\n  - {topic_arn: a, sigv4: {region: b, access_key: c, secret_key: d, role_arn: e, external_id: f}, attributes: {g: h}}',
    ),
  ),
  good(
    'telegram',
    receiving('telegram_configs:\n  - {bot_token: a, chat_id: -1001234567890, message_thread_id: 5, parse_mode: ""}'),
  ),
  good('discord', receiving(`discord_configs:\n  - {webhook_url: ${HOOK}, content: a, username: b, avatar_url: c}`)),
  good(
    'webex',
    receiving('webex_configs:\n  - {room_id: a, http_config: {authorization: {type: " Bearer ", credentials: b}}}'),
  ),
  good(
    'msteams',
    receiving(
      `msteams_configs:\n  - {webhook_url: ${HOOK}}\nmsteamsv2_configs:\n  - {webhook_url_file: a}\n  - {webhook_url: ${HOOK}, http_config: {follow_redirects: false}}`,
    ) + 'global: {http_config: {proxy_url: http://p.example}}\n',
  ),
  good(
    'jira',
    receiving(
      'jira_configs:\n  - {api_url: http://j.example, project: a, issue_type: b, summary: c, description: {enable_update: false}, labels: [d], reopen_duration: 30d, fields: {e: {f: [g]}, customfield_10: 1, customfield_9: 2}}',
    ),
  ),
  good(
    'incidentio',
    receiving(
      `incidentio_configs:\n  - {url: ${HOOK}, alert_source_token: a, max_alerts: 3}\n  - {url_file: b, http_config: {authorization: {credentials: c}}}`,
    ),
  ),
  good(
    'rocketchat',
    receiving(
      'rocketchat_configs:\n  - {token: a, token_id: b, fields: [{title: c, value: d, short: true}], actions: [{type: e, msg: f, imageurl: g}]}',
    ),
  ),
  good(
    'mattermost',
    receiving(
      `mattermost_configs:\n  - {webhook_url: ${HOOK}, fields: [{title: a, value: b}], attachments: [{text: c, fields: [{title: d, value: e}]}], props: {card: f}, priority: {priority: urgent, requested_ack: true}}`,
    ),
  ),
  good(
    'tracing',
    `${routing('continue: false')}tracing: {endpoint: a, sampling_fraction: 0.25, headers: {b: {values: [c]}}, timeout: 5s, compression: gzip, client_type: http, tls_config: {}}\n`,
  ),
];

/** Files both must take, and print alike. */
export const GOOD_FILES: readonly GoodFile[] = [...YAML, ...ROUTES, ...HTTP, ...WEBHOOK, ...OTHERS];
