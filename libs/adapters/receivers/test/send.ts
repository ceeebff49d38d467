import { type Integration, type Notification, type SendOutcome } from '@tandem/alerting';

import { createIntegrations, type Environment, type Integrations } from '../src/index.ts';
import { notification, webhookConfig } from './fixtures.ts';

const made: Integrations[] = [];

/** The one webhook of a configuration; closed by `closeAll`. */
export function webhook(written: string, environment: Environment = {}, now: () => number = Date.now): Integration {
  const options = { externalUrl: 'http://am.example', version: '0.34.0', environment, now };
  const integrations = createIntegrations(webhookConfig(written), options);
  made.push(integrations);
  const [integration] = integrations.byReceiver.get('ops') ?? [];
  if (integration === undefined) throw new Error('no webhook');
  return integration;
}

/** Sends one notification, once. */
export function send(
  integration: Integration,
  signal: AbortSignal = new AbortController().signal,
  own: Partial<Notification> = {},
): Promise<SendOutcome> {
  return integration.send(notification(own), signal);
}

/** Sends one notification by a webhook that is made for it. */
export function sendBy(written: string, environment?: Environment): Promise<SendOutcome> {
  return send(webhook(written, environment));
}

/** Closes what was made. */
export async function closeAll(): Promise<void> {
  await Promise.all(made.splice(0).map((integrations) => integrations.close()));
}
