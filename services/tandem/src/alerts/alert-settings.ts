import { failure, success, type Outcome } from '@tandem/alerting';
import type { AlertsSettings } from '@tandem/alerts';
import { parseAddress } from '@tandem/config/address';
import type { ListenAddress } from '@tandem/server';

import type { TandemConfig } from '../config/schema.ts';
import { type Features } from './features.ts';
import { type AlertFlags } from './flags/alert-flags.ts';

/** What the service works by, of flags and of the Tandem configuration. */
export function alertsSettings(
  flags: AlertFlags,
  { matcherMode }: Pick<Features, 'matcherMode'>,
  { drop_labels: dropLabels, mode }: TandemConfig['alerts'],
): Outcome<AlertsSettings> {
  const wrong = POSITIVE.find((name) => flags[name] <= 0);
  if (wrong !== undefined) return failure(`--${wrong} must be positive`);
  return success({
    cluster: flags['cluster.label'],
    clusterDisabled: flags['cluster.listen-address'] === '',
    stepMs: atLeastNothing(flags['cluster.peer-timeout']),
    retentionMs: flags['data.retention'],
    alertsGcIntervalMs: flags['alerts.gc-interval'],
    maintenanceIntervalMs: flags['data.maintenance-interval'],
    settleTimeoutMs: atLeastNothing(flags['cluster.settle-timeout']),
    startDelayMs: atLeastNothing(flags['dispatch.start-delay']),
    perAlertnameLimit: atLeastNothing(flags['alerts.per-alertname-limit']),
    maxSilences: atLeastNothing(flags['silences.max-silences']),
    maxSilenceSizeBytes: atLeastNothing(flags['silences.max-silence-size-bytes']),
    matcherMode,
    dropLabels: new Set(dropLabels),
    mode,
  });
}

/** Where to listen, the first address and the others. */
export function listenAddresses(texts: readonly string[]): Outcome<readonly [ListenAddress, ...ListenAddress[]]> {
  const addresses: ListenAddress[] = [];
  for (const text of texts) {
    const address = parseAddress(text);
    if (address === undefined) return failure(`cannot listen on "${text}": expected host:port, such as :9093`);
    addresses.push(address);
  }
  const [first, ...others] = addresses;
  return first === undefined
    ? failure('nowhere to listen: --web.listen-address is missing')
    : success([first, ...others]);
}

const POSITIVE = ['data.retention', 'alerts.gc-interval', 'data.maintenance-interval'] as const;

function atLeastNothing(value: number): number {
  return Math.max(0, value);
}
