import { isResolved, silenceState } from '@tandem/alerting';

import { type AlertsConfig, type AlertsOptions } from '../alerts-options.ts';
import { type AlertsParts } from '../alerts-parts.ts';
import { type ApiBackend } from '../api/backend.ts';
import { CLUSTER_METRICS } from './cluster.ts';
import { DISPATCHER_METRICS } from './dispatcher.ts';
import { INTAKE_METRICS } from './intake.ts';
import { SILENCE_METRICS } from './silences.ts';

/** What is looked at. */
export interface ObservedAlerts {
  readonly options: Pick<AlertsOptions, 'metrics' | 'settings' | 'instance'>;
  readonly parts: AlertsParts;
  readonly backend: ApiBackend;
  /** The configuration in force. */
  readonly config: () => AlertsConfig;
}

const MS = 1000;

/** Sets the gauges of what is known elsewhere before each rendering. */
export function observeAlerts(observed: ObservedAlerts): void {
  const { metrics, instance, settings } = observed.options;
  const intake = metrics.instruments(INTAKE_METRICS);
  intake.perAlertLimit.set(settings.perAlertnameLimit);
  for (const status of ['firing', 'resolved']) intake.received.inc({ status, version: 'v2' }, 0);
  intake.invalid.inc({ version: 'v2' }, 0);
  const cluster = metrics.instruments(CLUSTER_METRICS);
  cluster.enabled.set(settings.clusterDisabled ? 0 : 1);
  cluster.peerInfo.set({ peer: instance.name }, 1);
  metrics.beforeRender(() => {
    observeStates(observed);
    observeCluster(observed);
    observeConfig(observed);
    intake.waiting.set(observed.parts.state.outbox.size);
    intake.waitingEntries.set(observed.parts.nflog.pending);
  });
}

function observeStates({ options: { metrics }, backend }: ObservedAlerts): void {
  const nowMs = backend.now();
  const alerts = { active: 0, suppressed: 0, unprocessed: 0 };
  for (const alert of backend.alerts()) {
    if (isResolved(alert, nowMs)) continue;
    const { silencedBy, inhibitedBy } = backend.suppressionOf(alert);
    alerts[silencedBy.length + inhibitedBy.length > 0 ? 'suppressed' : 'active'] += 1;
  }
  const silences = { active: 0, pending: 0, expired: 0 };
  for (const silence of backend.silences()) silences[silenceState(silence, nowMs)] += 1;
  const gauges = { ...metrics.instruments(INTAKE_METRICS), ...metrics.instruments(SILENCE_METRICS) };
  for (const [state, count] of Object.entries(alerts)) gauges.alerts.set({ state }, count);
  for (const [state, count] of Object.entries(silences)) gauges.silences.set({ state }, count);
}

function observeCluster({ options: { metrics }, parts: { membership, clock }, backend }: ObservedAlerts): void {
  const gauges = metrics.instruments(CLUSTER_METRICS);
  gauges.members.set(membership.live().length);
  gauges.failedPeers.set(membership.failed().length);
  gauges.healthScore.set(backend.clusterStatus() === 'settling' ? 1 : 0);
  gauges.position.set(membership.position());
  gauges.differing.set(membership.differing().length);
  gauges.clockOffset.set(clock.offsetMs / MS);
}

function observeConfig({ options: { metrics }, backend, config }: ObservedAlerts): void {
  const gauges = metrics.instruments(DISPATCHER_METRICS);
  gauges.groups.set([...backend.groups()].length);
  const { config: inForce, integrations } = config();
  gauges.receivers.set(inForce.receivers.length);
  gauges.integrations.set([...integrations.values()].reduce((count, list) => count + list.length, 0));
  gauges.inhibitionRules.set(inForce.inhibit_rules.length);
}
