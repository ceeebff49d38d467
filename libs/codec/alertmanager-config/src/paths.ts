import { type AlertmanagerConfig } from './alertmanager-config.ts';
import { type ReceiverConfig } from './receivers/receiver.ts';
import { type HeaderValues } from './schema/headers.ts';
import { type HttpConfig } from './schema/http.ts';
import { type TlsConfig } from './schema/tls.ts';

/** Makes an absolute path, or one from where the process is, of one from where the file is. */
export type ResolvePath = (path: string) => string;

/**
 * The configuration with the paths resolved that are meant from the file's directory: templates, and what HTTP and TLS
 * settings name. Others (`url_file`, `auth_password_file`, …) are from where the process is, as upstream has them; so are
 * those of `incidentio_configs` and of mail.
 */
export function resolvePaths(config: AlertmanagerConfig, resolve: ResolvePath): AlertmanagerConfig {
  const at: ResolvePath = (path) => (path === '' ? '' : resolve(path));
  const { event_recorder: recorder } = config;
  return {
    ...config,
    templates: config.templates.map(at),
    global: { ...config.global, http_config: httpPaths(config.global.http_config, at) },
    receivers: config.receivers.map((receiver) => receiverPaths(receiver, at)),
    event_recorder: {
      ...recorder,
      file_outputs: recorder.file_outputs.map(({ path }) => ({ path: at(path) })),
      webhook_outputs: recorder.webhook_outputs.map((output) => withPaths(output, at)),
      kafka_outputs: recorder.kafka_outputs.map((output) => {
        return { ...output, tls_config: output.tls_config === undefined ? undefined : tlsPaths(output.tls_config, at) };
      }),
    },
  };
}

function receiverPaths(receiver: ReceiverConfig, at: ResolvePath): ReceiverConfig {
  return {
    ...receiver,
    discord_configs: receiver.discord_configs.map((config) => withPaths(config, at)),
    pagerduty_configs: receiver.pagerduty_configs.map((config) => withPaths(config, at)),
    slack_configs: receiver.slack_configs.map((config) => withPaths(config, at)),
    webhook_configs: receiver.webhook_configs.map((config) => withPaths(config, at)),
    opsgenie_configs: receiver.opsgenie_configs.map((config) => withPaths(config, at)),
    wechat_configs: receiver.wechat_configs.map((config) => withPaths(config, at)),
    pushover_configs: receiver.pushover_configs.map((config) => withPaths(config, at)),
    victorops_configs: receiver.victorops_configs.map((config) => withPaths(config, at)),
    sns_configs: receiver.sns_configs.map((config) => withPaths(config, at)),
    telegram_configs: receiver.telegram_configs.map((config) => withPaths(config, at)),
    webex_configs: receiver.webex_configs.map((config) => withPaths(config, at)),
    msteams_configs: receiver.msteams_configs.map((config) => withPaths(config, at)),
    msteamsv2_configs: receiver.msteamsv2_configs.map((config) => withPaths(config, at)),
    jira_configs: receiver.jira_configs.map((config) => withPaths(config, at)),
    rocketchat_configs: receiver.rocketchat_configs.map((config) => withPaths(config, at)),
    mattermost_configs: receiver.mattermost_configs.map((config) => withPaths(config, at)),
  };
}

function withPaths<T extends { readonly http_config: HttpConfig | undefined }>(config: T, at: ResolvePath): T {
  return { ...config, http_config: httpPaths(config.http_config, at) };
}

function httpPaths(http: HttpConfig | undefined, at: ResolvePath): HttpConfig | undefined {
  if (http === undefined) return undefined;
  const { basic_auth: basic, authorization, oauth2, http_headers: headers } = http;
  return {
    ...http,
    basic_auth: basic && { ...basic, username_file: at(basic.username_file), password_file: at(basic.password_file) },
    authorization: authorization && { ...authorization, credentials_file: at(authorization.credentials_file) },
    oauth2: oauth2 && {
      ...oauth2,
      client_secret_file: at(oauth2.client_secret_file),
      tls_config: tlsPaths(oauth2.tls_config, at),
    },
    bearer_token_file: at(http.bearer_token_file),
    tls_config: tlsPaths(http.tls_config, at),
    http_headers: headers && headerPaths(headers, at),
  };
}

function tlsPaths(tls: TlsConfig, at: ResolvePath): TlsConfig {
  return { ...tls, ca_file: at(tls.ca_file), cert_file: at(tls.cert_file), key_file: at(tls.key_file) };
}

function headerPaths(headers: ReadonlyMap<string, HeaderValues>, at: ResolvePath): ReadonlyMap<string, HeaderValues> {
  return new Map([...headers].map(([name, values]) => [name, { ...values, files: values.files.map(at) }]));
}
