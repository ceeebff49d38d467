/** What the API shows of an alert, as far as pages do. */
export interface AlertView {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly generatorURL?: string;
  readonly status: {
    readonly state: string;
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
    readonly mutedBy: readonly string[];
  };
}

/** What the API shows of a group. */
export interface GroupView {
  readonly labels: Readonly<Record<string, string>>;
  readonly receiver: { readonly name: string };
  readonly alerts: readonly AlertView[];
}

/** What the API shows of a silence. */
export interface SilenceView {
  readonly id: string;
  readonly status: { readonly state: string };
  readonly matchers: readonly MatcherView[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** What the API shows, and takes, of a matcher. */
export interface MatcherView {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** What the API says of the cluster. */
export interface StatusView {
  readonly cluster: {
    readonly status: string;
    readonly name?: string;
    readonly peers: readonly { readonly name: string; readonly address: string }[];
  };
  readonly config: { readonly original: string };
  readonly uptime: string;
  readonly versionInfo: Readonly<Record<string, string>>;
}
