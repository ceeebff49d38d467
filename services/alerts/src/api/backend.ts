import {
  type Alert,
  type Group,
  type Member,
  type Outcome,
  type PostedAlert,
  type Route,
  type Silence,
  type WantedSilence,
} from '@tandem/alerting';

/** What keeps an alert back at the moment. Sorted; empty where nothing does. */
export interface AlertSuppression {
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of sources. */
  readonly inhibitedBy: readonly string[];
}

/** What came of a wish to set a silence. */
export type SetSilenceOutcome =
  | { readonly kind: 'set'; readonly id: string }
  /** The error is upstream's, without `invalid silence: `. */
  | { readonly kind: 'invalid'; readonly error: string }
  | { readonly kind: 'not-found' }
  /** `--silences.max-silences` or `--silences.max-silence-size-bytes`; the error is upstream's. */
  | { readonly kind: 'limited'; readonly error: string }
  /** Silences are nowhere but in the log. */
  | { readonly kind: 'log-away'; readonly error: string };

/** What came of a wish to end a silence. */
export type ExpireSilenceOutcome = 'expired' | 'already-expired' | 'not-found' | 'log-away';

/** The configuration that is in force. */
export interface ConfigInForce {
  /** It as upstream would marshal it, secrets masked: `config.original`. */
  readonly original: string;
  readonly root: Route;
  /** In the order of the file. */
  readonly receivers: readonly { readonly name: string; readonly labels: ReadonlyMap<string, string> }[];
}

/** What API v2 asks of the service. Times are log time, Unix ms. */
export interface ApiBackend {
  now(): number;
  config(): ConfigInForce;
  /** What became of each alert of a post, in its order. Resolves when the log has them, or when they are kept because it is away. */
  putAlerts(posted: readonly PostedAlert[]): Promise<readonly Outcome<Alert>[]>;
  /** Every alert that is known, those that are over included. */
  alerts(): Iterable<Alert>;
  groups(): Iterable<Group>;
  suppressionOf(alert: Alert): AlertSuppression;
  /** Names of the time intervals that mute a group now; empty where none does. */
  mutedBy(group: Group): readonly string[];
  silences(): Iterable<Silence>;
  silence(id: string): Silence | undefined;
  setSilence(id: string | undefined, wanted: WantedSilence): Promise<SetSilenceOutcome>;
  expireSilence(id: string): Promise<ExpireSilenceOutcome>;
  /** The live instances, this one included. */
  members(): readonly Member[];
  /** `disabled`: `--cluster.listen-address=`. `settling`: the log is not read to its end yet. */
  clusterStatus(): 'ready' | 'settling' | 'disabled';
  /** Name of this instance, and when it started. */
  readonly self: { readonly name: string; readonly startedAtMs: number };
}
