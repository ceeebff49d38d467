import {
  buildRoutes,
  checkSilence,
  expireSilence,
  fingerprint,
  GroupTable,
  Inhibitor,
  receiveAgain,
  setSilence,
  SilenceTable,
  success,
  takeAlert,
  TimeIntervals,
  type Alert,
  type Group,
  type MatcherMode,
  type Member,
  type Outcome,
  type PostedAlert,
  type Silence,
  type WantedSilence,
} from '@tandem/alerting';
import {
  formatAlertmanagerConfig,
  namedTimeIntervals,
  readAlertmanagerConfig,
  routeSpec,
  type AlertmanagerConfig,
} from '@tandem/alertmanager-config';
import { randomUUID } from 'node:crypto';

import {
  type AlertSuppression,
  type ApiBackend,
  type ConfigInForce,
  type ExpireSilenceOutcome,
  type SetSilenceOutcome,
} from '../../src/index.ts';

const MEMBER: Member = { name: 'one', life: '1', address: '127.0.0.1:9094', configHash: '', version: '' };

/** How it is set. */
export interface TestBackendOptions {
  readonly clock?: () => number;
  readonly matcherMode?: MatcherMode;
}

/** What stands behind the API in tests: the tables of the domain, and no log. */
export class TestBackend implements ApiBackend {
  readonly self = { name: 'one', startedAtMs: 1_700_000_000_000 };
  /** Whether the log is away. */
  logAway = false;
  status: 'ready' | 'settling' | 'disabled' = 'ready';
  peers: readonly Member[] = [MEMBER];
  readonly #config: ConfigInForce;
  readonly #times: TimeIntervals;
  readonly #inhibitor: Inhibitor;
  readonly #groups: GroupTable;
  readonly #alerts = new Map<string, Alert>();
  readonly #silences = new SilenceTable();
  readonly #clock: () => number;
  readonly #mode: MatcherMode;
  #lastMs = 0;

  constructor(yaml: string, { clock = () => Date.now(), matcherMode = 'default' }: TestBackendOptions = {}) {
    const config = configOf(yaml);
    this.#mode = matcherMode;
    const root = buildRoutes(routeSpec(config.route));
    this.#clock = clock;
    this.#config = {
      original: formatAlertmanagerConfig(config),
      root,
      receivers: config.receivers.map(({ name, labels }) => ({ name, labels: new Map(labels) })),
    };
    this.#times = new TimeIntervals(namedTimeIntervals(config));
    this.#inhibitor = new Inhibitor(
      config.inhibit_rules.map(({ name, source_matchers: source, target_matchers: target, equal }) => ({
        name,
        source,
        target,
        equal,
      })),
    );
    this.#groups = new GroupTable(root);
  }

  /** Never the same twice: what happens later is later. */
  now(): number {
    this.#lastMs = Math.max(this.#clock(), this.#lastMs + 1);
    return this.#lastMs;
  }

  config(): ConfigInForce {
    return this.#config;
  }

  putAlerts(posted: readonly PostedAlert[]): Promise<readonly Outcome<Alert>[]> {
    return Promise.resolve(posted.map((alert) => this.#put(alert)));
  }

  #put(posted: PostedAlert): Outcome<Alert> {
    const nowMs = this.now();
    const taken = takeAlert(posted, nowMs, { resolveTimeoutMs: 300_000, mode: this.#mode, dropLabels: new Set() });
    if (!taken.ok) return taken;
    const id = fingerprint(taken.value.labels);
    const alert = receiveAgain(this.#alerts.get(id), taken.value, nowMs);
    this.#alerts.set(id, alert);
    this.#groups.put(alert, nowMs);
    this.#inhibitor.put(id, alert);
    return success(alert);
  }

  alerts(): Iterable<Alert> {
    return this.#alerts.values();
  }

  groups(): Iterable<Group> {
    return this.#groups.values();
  }

  suppressionOf({ labels }: Alert): AlertSuppression {
    const nowMs = this.now();
    const source = this.#inhibitor.inhibitedBy(labels, nowMs)?.source;
    const silencedBy = this.#silences.silencedBy(fingerprint(labels), labels, nowMs);
    return { silencedBy, inhibitedBy: source === undefined ? [] : [source] };
  }

  mutedBy({ route }: Group): readonly string[] {
    return this.#times.mutedBy(route.options, this.now())?.names ?? [];
  }

  silences(): Iterable<Silence> {
    return this.#silences.values();
  }

  silence(id: string): Silence | undefined {
    return this.#silences.get(id);
  }

  /** Puts a silence as it is. */
  addSilence(silence: Silence): void {
    this.#silences.put(silence);
  }

  setSilence(id: string | undefined, wanted: WantedSilence): Promise<SetSilenceOutcome> {
    return Promise.resolve(this.#set(id, wanted));
  }

  #set(id: string | undefined, wanted: WantedSilence): SetSilenceOutcome {
    if (this.logAway) return { kind: 'log-away', error: 'the log is away' };
    const known = id === undefined ? undefined : this.#silences.get(id);
    if (id !== undefined && known === undefined) return { kind: 'not-found' };
    const checked = checkSilence(wanted, this.#mode);
    if (!checked.ok) return { kind: 'invalid', error: checked.error };
    const nowMs = this.now();
    const silence = { ...wanted, matcherSets: checked.value, startsAtMs: wanted.startsAtMs ?? nowMs };
    const change = setSilence(known, silence, nowMs, randomUUID());
    if (change.expired !== undefined) this.#silences.put(change.expired);
    this.#silences.put(change.silence);
    return { kind: 'set', id: change.silence.id };
  }

  expireSilence(id: string): Promise<ExpireSilenceOutcome> {
    return Promise.resolve(this.#expire(id));
  }

  #expire(id: string): ExpireSilenceOutcome {
    if (this.logAway) return 'log-away';
    const known = this.#silences.get(id);
    if (known === undefined) return 'not-found';
    const expired = expireSilence(known, this.now());
    if (expired === undefined) return 'already-expired';
    this.#silences.put(expired);
    return 'expired';
  }

  members(): readonly Member[] {
    return this.peers;
  }

  clusterStatus(): 'ready' | 'settling' | 'disabled' {
    return this.status;
  }
}

function configOf(yaml: string): AlertmanagerConfig {
  const outcome = readAlertmanagerConfig(yaml);
  if (outcome.ok) return outcome.config;
  throw new Error(outcome.problems.map(({ message }) => message).join('\n'));
}
