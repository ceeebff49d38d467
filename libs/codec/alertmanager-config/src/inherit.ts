import { type EmailConfig } from './receivers/email.ts';
import { type ReceiverConfig } from './receivers/receiver.ts';
import { inheritChat } from './inherit-chat.ts';
import { firstGiven, withHttp, withSlash, type Inheritance } from './inheritance.ts';
import { inheritOpsgenie, inheritPaging } from './inherit-paging.ts';
import { type GlobalConfig } from './schema/global.ts';
import { type RouteConfig } from './schema/route.ts';
import { isGiven } from './schema/given.ts';

/** The receivers with what `global` says where they say nothing. */
export function inheritAll(receivers: readonly ReceiverConfig[], inheritance: Inheritance): readonly ReceiverConfig[] {
  return receivers.map((receiver) => ({
    ...receiver,
    ...inheritPaging(receiver, inheritance),
    ...inheritChat(receiver, inheritance),
    opsgenie_configs: receiver.opsgenie_configs.map((config) => inheritOpsgenie(config, inheritance)),
    email_configs: receiver.email_configs.map((config) => inheritEmail(config, inheritance)),
    webhook_configs: withHttp(receiver.webhook_configs, inheritance),
    sns_configs: withHttp(receiver.sns_configs, inheritance),
    incidentio_configs: withHttp(receiver.incidentio_configs, inheritance),
    pushover_configs: withHttp(receiver.pushover_configs, inheritance),
  }));
}

/**
 * `global` as it becomes by being inherited: upstream ends an API's address that a receiver takes over with a `/`, in
 * `global` too, and prints it so.
 */
export function endAddresses(global: GlobalConfig, receivers: readonly ReceiverConfig[]): GlobalConfig {
  const inherits = (key: 'opsgenie_configs' | 'wechat_configs' | 'victorops_configs'): boolean =>
    receivers.some((receiver) => receiver[key].some((config) => config.api_url === undefined));
  return {
    ...global,
    opsgenie_api_url: inherits('opsgenie_configs') ? withSlash(global.opsgenie_api_url) : global.opsgenie_api_url,
    wechat_api_url: inherits('wechat_configs') ? withSlash(global.wechat_api_url) : global.wechat_api_url,
    victorops_api_url: inherits('victorops_configs') ? withSlash(global.victorops_api_url) : global.victorops_api_url,
  };
}

function inheritEmail(config: EmailConfig, { global, lacking }: Inheritance): EmailConfig {
  const smarthost = config.smarthost.port === '' ? global.smtp_smarthost : config.smarthost;
  if (smarthost.port === '') lacking(config, 'no global SMTP smarthost set');
  const from = firstGiven(config.from, global.smtp_from);
  if (from === '') lacking(config, 'no global SMTP from set');
  const ownPassword = isGiven(config.auth_password) || config.auth_password_file !== '';
  return {
    ...config,
    smarthost,
    from,
    hello: firstGiven(config.hello, global.smtp_hello),
    tls_config: config.tls_config ?? global.smtp_tls_config,
    auth_username: firstGiven(config.auth_username, global.smtp_auth_username),
    auth_password: ownPassword ? config.auth_password : global.smtp_auth_password,
    auth_password_file: ownPassword ? config.auth_password_file : global.smtp_auth_password_file,
    auth_secret: firstGiven(config.auth_secret, global.smtp_auth_secret),
    auth_secret_file: firstGiven(config.auth_secret_file, global.smtp_auth_secret_file),
    auth_identity: firstGiven(config.auth_identity, global.smtp_auth_identity),
    require_tls: config.require_tls ?? global.smtp_require_tls,
    force_implicit_tls: config.force_implicit_tls ?? global.smtp_force_implicit_tls,
  };
}

const SUBJECT = '{{ template "email.default.subject" . }}';

/** Receivers that routes name, with the headers their mail has in any case: those of others stay as they are. */
export function withMailHeaders(receivers: readonly ReceiverConfig[], root: RouteConfig): readonly ReceiverConfig[] {
  const used = receiversOf(root);
  return receivers.map((receiver) => {
    if (!used.has(receiver.name)) return receiver;
    return { ...receiver, email_configs: receiver.email_configs.map(withHeaders) };
  });
}

function withHeaders(config: EmailConfig): EmailConfig {
  const { headers, to, from } = config;
  return { ...config, headers: new Map([['Subject', SUBJECT], ['To', to], ['From', from], ...headers]) };
}

/** Names of the receivers that routes send to. */
export function receiversOf(route: RouteConfig): ReadonlySet<string> {
  const below = route.routes.flatMap((child) => [...receiversOf(child)]);
  return new Set(route.receiver === '' ? below : [route.receiver, ...below]);
}
