import { type Integration } from '@tandem/alerting';
import {
  receiversOf,
  type AlertmanagerConfig,
  type HttpConfig,
  type ReceiverConfig,
} from '@tandem/alertmanager-config';
import { TandemError } from '@tandem/errors';

import { type ClientContext } from './http/client-context.ts';
import { type Environment } from './http/proxy-rule.ts';
import { Redactor } from './http/redactor.ts';
import { checkTls } from './http/tls-material.ts';
import { unsendableReceivers } from './unsendable.ts';
import { Webhook } from './webhook/webhook.ts';

/** What integrations need beside the configuration. */
export interface IntegrationsOptions {
  /** `--web.external-url`, as it is shown: without a `/` at its end. */
  readonly externalUrl: string;
  /** Version for `User-Agent: Alertmanager/<version>`. */
  readonly version: string;
  /** Variables of the process, for `proxy_from_environment`. */
  readonly environment: Environment;
  /** Wall clock, Unix ms. Default `Date.now`. */
  readonly now?: () => number;
}

/** The integrations of a configuration. */
export interface Integrations {
  /** By the name of their receiver, for the receivers that routes name; in the order in which upstream builds them. */
  readonly byReceiver: ReadonlyMap<string, readonly Integration[]>;
  /** Waits for what is being sent, then closes all connections. Idempotent. */
  close(): Promise<void>;
}

/**
 * Makes the integrations of the receivers that routes name.
 *
 * @throws {TandemError} `TANDEM_RECEIVERS_CONFIG` for what cannot be sent to yet, and for TLS files that cannot be used
 */
export function createIntegrations(config: AlertmanagerConfig, options: IntegrationsOptions): Integrations {
  const { refused } = unsendableReceivers(config);
  if (refused.length > 0) throw new TandemError('TANDEM_RECEIVERS_CONFIG', refused.join('; '));
  const used = receiversOf(config.route);
  const receivers = config.receivers.filter(({ name }) => used.has(name));
  const made = receivers.map((receiver) => [receiver.name, webhooksOf(receiver, options)] as const);
  let closed: Promise<unknown> | undefined;
  return {
    byReceiver: new Map(made),
    close: async () => {
      closed ??= Promise.all(made.flatMap(([, webhooks]) => webhooks.map((webhook) => webhook.close())));
      await closed;
    },
  };
}

function webhooksOf(receiver: ReceiverConfig, options: IntegrationsOptions): readonly Webhook[] {
  return receiver.webhook_configs.map((webhook, index) => {
    try {
      checkHttp(webhook.http_config);
      return new Webhook(webhook, { index, externalUrl: options.externalUrl }, contextOf(options));
    } catch (cause) {
      const message = `cannot use http_config of receiver "${receiver.name}", webhook_configs[${index}]`;
      throw new TandemError('TANDEM_RECEIVERS_CONFIG', message, { cause });
    }
  });
}

/** What can be found out before anything is sent. */
function checkHttp(http: HttpConfig | undefined): void {
  if (http === undefined) return;
  checkTls(http.tls_config);
  if (http.oauth2 === undefined) return;
  checkTls(http.oauth2.tls_config);
  if (!URL.canParse(http.oauth2.token_url)) throw new TypeError('oauth2.token_url is no URL');
}

function contextOf({ version, environment, now = Date.now }: IntegrationsOptions): ClientContext {
  return { userAgent: `Alertmanager/${version}`, environment, redactor: new Redactor(), now };
}
