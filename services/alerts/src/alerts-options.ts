import {
  type Group,
  type Integration,
  type MatcherMode,
  type NotificationEntry,
  type Silence,
  type Suppression,
} from '@tandem/alerting';
import { type AlertmanagerConfig } from '@tandem/alertmanager-config';
import { type Component } from '@tandem/lifecycle';
import { type Log } from '@tandem/stream';
import { type Logger, type Metrics } from '@tandem/telemetry';

import { type ApiBackend } from './api/backend.ts';
import { type AlertsClock } from './clock.ts';
import { type BegunFlush } from './dispatch/flush-group.ts';
import { type FlushObserver } from './notify/target-flush.ts';

/** Full names of the topics of alerts. */
export interface AlertsTopics {
  readonly alerts: string;
  readonly silences: string;
  readonly nflog: string;
  readonly members: string;
}

/** A configuration that is in force, and what was made of it. Replaced as a whole by a reload. */
export interface AlertsConfig {
  readonly config: AlertmanagerConfig;
  /** Tells this configuration from others: instances of a cluster should have the same. */
  readonly hash: string;
  /** By name of the receiver; one that no route names may be absent. */
  readonly integrations: ReadonlyMap<string, readonly Integration[]>;
}

/** What does not change while the service runs. Times in ms. */
export interface AlertsSettings {
  /** `--cluster.label`: live instances with the same one on the same log are one cluster. */
  readonly cluster: string;
  /** `--cluster.listen-address=` was given empty: the cluster is there all the same, and status says it is not. */
  readonly clusterDisabled: boolean;
  /** `--cluster.peer-timeout`: how long a flush waits for each instance before it. */
  readonly stepMs: number;
  /** `--data.retention`: how long silences that are over, and entries of the notification log, are kept. */
  readonly retentionMs: number;
  /** `--alerts.gc-interval` */
  readonly alertsGcIntervalMs: number;
  /** `--data.maintenance-interval`: how often silences and entries that are past their retention are removed. */
  readonly maintenanceIntervalMs: number;
  /** `--cluster.settle-timeout`: how long the first flush waits for a log that cannot be read. */
  readonly settleTimeoutMs: number;
  /** `--dispatch.start-delay`: no flush before so long after the start. */
  readonly startDelayMs: number;
  /** `--alerts.per-alertname-limit`; 0: none. */
  readonly perAlertnameLimit: number;
  /** `--silences.max-silences`; 0: none. */
  readonly maxSilences: number;
  /** `--silences.max-silence-size-bytes`; 0: none. */
  readonly maxSilenceSizeBytes: number;
  readonly matcherMode: MatcherMode;
  /** Labels left out at intake, so that replicas whose alerts carry their names post the same alert. */
  readonly dropLabels: ReadonlySet<string>;
  /** Who flushes a group: every instance after its wait, or the one that owns it. */
  readonly mode: 'all' | 'owners';
}

/** Who an instance is. */
export interface AlertsInstance {
  /** Stable: its place among the others is by it. */
  readonly name: string;
  /** Advertised cluster address, `host:port`. */
  readonly address: string;
  readonly version: string;
}

/** Told of every flush on its way: the decision log, metrics. */
export interface AlertsObserver extends FlushObserver {
  /** A flush has begun: what it leaves out before its wait, and whom it is for. */
  suppressed(group: Group, suppression: Suppression, flush: BegunFlush): void;
}

/** What the service needs of the log. */
export type AlertsLog = Pick<Log, 'append' | 'read' | 'bounds' | 'partitions'>;

/** A topic that takes records of another store, where it knows none that are newer (SPEC.md, N2 and Z4). */
export interface ImportTopic<T> {
  /** @returns whether the log has them */
  import(records: readonly T[]): Promise<boolean>;
}

/** What records of another store are put into, once it was read to its end. */
export interface ImportTopics {
  readonly silences: ImportTopic<Silence>;
  readonly nflog: ImportTopic<NotificationEntry>;
  /** Log time, Unix ms. */
  readonly nowMs: number;
}

/** How long the service waits for what. Times in ms. */
export interface AlertsTiming {
  /** How often an instance tells of itself (SPEC.md, C1). Default 500. */
  readonly heartbeatMs: number;
  /** Silence after which an instance is not there any more. Default 3000. */
  readonly memberTimeoutMs: number;
  /** Time after which the log counts as away. Default 3000. */
  readonly patienceMs: number;
  /** How often a log that is away is tried again. Default 1000. */
  readonly retryMs: number;
  /** How long an attempt to send that is under way may take to end when the instance stops. Default 3000. */
  readonly graceMs: number;
}

/** What the service is made of. */
export interface AlertsOptions extends AlertsConfig {
  /** Its topics are there. Belongs to the caller, who closes it after the service has stopped. */
  readonly log: AlertsLog;
  readonly topics: AlertsTopics;
  readonly settings: AlertsSettings;
  readonly instance: AlertsInstance;
  readonly timing?: Partial<AlertsTiming>;
  readonly observers: readonly AlertsObserver[];
  /** Puts what another store knows into the log: called when the log was read, before the first flush. */
  readonly importInto?: (topics: ImportTopics) => Promise<void>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The instance's own clock. */
  readonly clock: AlertsClock;
  /** From 0 to 1; spreads retries. */
  readonly random: () => number;
  /** A new UUID: of silences, claims and the life of the instance. */
  readonly newId: () => string;
}

/** The service. `start` resolves at once: what the log says is read behind it, and until then the status is `settling`. */
export interface AlertsService extends Component {
  readonly backend: ApiBackend;
  /** Log time: the instance's own clock, and how far the log's is from it. */
  readonly clock: AlertsClock;
  /** Puts another configuration in force. Timing of groups whose routes stay goes on. Never rejects. */
  reload(config: AlertsConfig): void;
}
