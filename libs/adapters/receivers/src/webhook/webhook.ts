import { type Integration, type Notification, type SendOutcome } from '@tandem/alerting';
import { defaultHttpConfig, type WebhookConfig } from '@tandem/alertmanager-config';

import { type ClientContext } from '../http/client-context.ts';
import { Deadline } from '../http/deadline.ts';
import { HttpClient } from '../http/http-client.ts';
import { textSource, type TextSource } from '../http/text-source.ts';
import { oneLine, outcomeOf } from '../send-outcome.ts';
import { customPayload } from './custom-payload.ts';
import { standardPayload } from './standard-payload.ts';

/** What a webhook is beside its configuration. */
export interface WebhookOptions {
  /** Its place among the webhooks of its receiver. */
  readonly index: number;
  /** `--web.external-url`. */
  readonly externalUrl: string;
}

/** Tells a webhook: one POST of JSON for each attempt. */
export class Webhook implements Integration {
  readonly type = 'webhook';
  readonly index: number;
  readonly sendResolved: boolean;
  readonly #config: WebhookConfig;
  readonly #context: ClientContext;
  readonly #client: HttpClient;
  readonly #url: TextSource;
  readonly #payload: (notification: Notification) => string;

  /** @throws Error where the configuration is one that cannot be sent to, see `unsendableReceivers` */
  constructor(config: WebhookConfig, { index, externalUrl }: WebhookOptions, context: ClientContext) {
    this.index = index;
    this.sendResolved = config.send_resolved;
    this.#config = config;
    this.#context = context;
    this.#client = new HttpClient(config.http_config ?? defaultHttpConfig(), context);
    this.#url = textSource(config.url.reveal(), config.url_file);
    this.#payload = payloadOf(config, externalUrl);
  }

  /** Sends once; an answer other than 2xx is an outcome, and so is none. */
  async send(notification: Notification, signal: AbortSignal): Promise<SendOutcome> {
    const url = await this.#readUrl();
    if (typeof url === 'string') return { outcome: 'failed', reason: 'other', message: url };
    const deadline = new Deadline(this.#config.timeout, signal);
    try {
      const answer = await this.#client.postJson(url, this.#payload(notification), deadline.signal);
      return outcomeOf(answer, (text) => this.#clean(text));
    } catch (error) {
      return this.#withoutAnswer(error, deadline, signal);
    } finally {
      deadline.clear();
    }
  }

  /** Waits for what is being sent, then closes the connections. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  /** The URL, or why there is none: the file may say anything. */
  async #readUrl(): Promise<URL | string> {
    let written: string;
    try {
      written = await this.#url();
    } catch (error) {
      return `cannot read url_file: ${causeOf(error)}`;
    }
    this.#context.redactor.learn(written);
    if (written.includes('{{')) return 'cannot send: the URL in url_file is a template';
    const url = URL.canParse(written) ? new URL(written) : undefined;
    const isUsable = url?.protocol === 'http:' || url?.protocol === 'https:';
    return url !== undefined && isUsable ? url : 'cannot send: the URL is none of http or https';
  }

  #withoutAnswer(error: unknown, deadline: Deadline, signal: AbortSignal): SendOutcome {
    if (deadline.expired) {
      const message = `no answer within the timeout of ${this.#config.timeout} ms`;
      return { outcome: 'retry', reason: 'other', message };
    }
    if (signal.aborted) {
      const reason = isTimeout(signal.reason) ? 'contextDeadlineExceeded' : 'contextCanceled';
      return { outcome: 'retry', reason, message: 'no answer before the end of the flush' };
    }
    return { outcome: 'retry', reason: 'other', message: `cannot reach the receiver: ${this.#clean(causeOf(error))}` };
  }

  #clean(text: string): string {
    return oneLine(this.#context.redactor.clean(text));
  }
}

function payloadOf(config: WebhookConfig, externalUrl: string): (notification: Notification) => string {
  if (config.payload === null) {
    return (notification) => standardPayload(notification, { externalUrl, maxAlerts: config.max_alerts });
  }
  const custom = customPayload(config.payload);
  if (!custom.ok) throw new TypeError(custom.error);
  return () => custom.value;
}

/** What `AbortSignal.timeout` aborts with. */
function isTimeout(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
}

/** What went wrong, in one line: drivers wrap causes, and an error of several addresses has no text. */
function causeOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(causeOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${causeOf(error.cause)}` : error.message;
}
