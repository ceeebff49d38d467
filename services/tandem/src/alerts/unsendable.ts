import {
  INTEGRATION_KEYS,
  receiversOf,
  type AlertmanagerConfig,
  type IntegrationKey,
  type ReceiverConfig,
} from '@tandem/alertmanager-config';

/** Kinds of integrations that notifications can be sent by. */
const SENDABLE: ReadonlySet<IntegrationKey> = new Set<IntegrationKey>(['webhook_configs']);

/** Receivers that cannot be sent to yet. */
export interface UnsendableReceivers {
  /** A sentence for each that a route names. */
  readonly refused: readonly string[];
  /** A sentence for each that none does: nothing is sent to it anyway. */
  readonly unused: readonly string[];
}

/** Finds the receivers with integrations other than webhooks. */
export function unsendableReceivers(config: AlertmanagerConfig): UnsendableReceivers {
  const used = receiversOf(config.route);
  const found = config.receivers
    .map((receiver) => ({ name: receiver.name, kinds: unsendableKinds(receiver) }))
    .filter(({ kinds }) => kinds.length > 0);
  return {
    refused: found.filter(({ name }) => used.has(name)).map(refusal),
    unused: found.filter(({ name }) => !used.has(name)).map((one) => `${refusal(one)}; no route names it`),
  };
}

function unsendableKinds(receiver: ReceiverConfig): readonly IntegrationKey[] {
  return INTEGRATION_KEYS.filter((key) => receiver[key].length > 0 && !SENDABLE.has(key));
}

function refusal({ name, kinds }: { readonly name: string; readonly kinds: readonly IntegrationKey[] }): string {
  return `receiver "${name}" cannot be sent to yet: ${kinds.join(', ')} (of the integrations, webhook_configs can)`;
}
