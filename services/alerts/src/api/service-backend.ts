import {
  fingerprint as fingerprintOf,
  type Alert,
  type Group,
  type Member,
  type Outcome,
  type PostedAlert,
  type Silence,
  type WantedSilence,
} from '@tandem/alerting';
import { formatAlertmanagerConfig } from '@tandem/alertmanager-config';

import { type AlertsClock } from '../clock.ts';
import { type Pipeline } from '../dispatch/pipeline.ts';
import { type Membership } from '../members/membership.ts';
import { type SilenceTopic } from '../silences/silence-topic.ts';
import { type AlertsState } from '../state/alerts-state.ts';
import { type Intake } from '../state/intake.ts';
import {
  type AlertSuppression,
  type ApiBackend,
  type ConfigInForce,
  type ExpireSilenceOutcome,
  type SetSilenceOutcome,
} from './backend.ts';

/** What the API is answered by. */
export interface ServiceBackendParts {
  readonly clock: AlertsClock;
  readonly state: AlertsState;
  readonly intake: Intake;
  readonly silences: SilenceTopic;
  readonly membership: Membership;
  /** What the configuration in force made of the alerts. */
  readonly pipeline: () => Pipeline;
  readonly status: () => ReturnType<ApiBackend['clusterStatus']>;
  readonly self: ApiBackend['self'];
}

/** What API v2 asks of the service, answered by its parts. */
export class ServiceBackend implements ApiBackend {
  readonly self: ApiBackend['self'];
  readonly #parts: ServiceBackendParts;
  /** What was made of the configuration in force. */
  #config: { readonly pipeline: Pipeline; readonly inForce: ConfigInForce } | undefined;

  constructor(parts: ServiceBackendParts) {
    this.#parts = parts;
    this.self = parts.self;
  }

  now(): number {
    return this.#parts.clock.now();
  }

  config(): ConfigInForce {
    const pipeline = this.#parts.pipeline();
    if (this.#config?.pipeline !== pipeline) this.#config = { pipeline, inForce: configInForce(pipeline) };
    return this.#config.inForce;
  }

  putAlerts(posted: readonly PostedAlert[]): Promise<readonly Outcome<Alert>[]> {
    return this.#parts.intake.put(posted);
  }

  *alerts(): IterableIterator<Alert> {
    for (const [, alert] of this.#parts.state.alerts.entries()) yield alert;
  }

  groups(): Iterable<Group> {
    return this.#parts.pipeline().groups.values();
  }

  suppressionOf({ labels }: Alert): AlertSuppression {
    const nowMs = this.now();
    const source = this.#parts.pipeline().inhibitor.inhibitedBy(labels, nowMs)?.source;
    return {
      silencedBy: this.#parts.silences.table.silencedBy(fingerprintOf(labels), labels, nowMs),
      inhibitedBy: source === undefined ? [] : [source],
    };
  }

  mutedBy({ route }: Group): readonly string[] {
    return this.#parts.pipeline().times.mutedBy(route.options, this.now())?.names ?? [];
  }

  silences(): Iterable<Silence> {
    return this.#parts.silences.table.values();
  }

  silence(id: string): Silence | undefined {
    return this.#parts.silences.table.get(id);
  }

  setSilence(id: string | undefined, wanted: WantedSilence): Promise<SetSilenceOutcome> {
    return this.#parts.silences.set(id, wanted);
  }

  expireSilence(id: string): Promise<ExpireSilenceOutcome> {
    return this.#parts.silences.expire(id);
  }

  members(): readonly Member[] {
    return this.#parts.membership.live();
  }

  clusterStatus(): ReturnType<ApiBackend['clusterStatus']> {
    return this.#parts.status();
  }
}

function configInForce({ config: { config }, root }: Pipeline): ConfigInForce {
  return {
    original: formatAlertmanagerConfig(config),
    root,
    receivers: config.receivers.map(({ name, labels }) => ({ name, labels })),
  };
}
