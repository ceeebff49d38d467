/** How many alerts there are, and in how many groups. */
export interface AlertsShape {
  readonly alerts: number;
  readonly groups: number;
}

/** An alert as a Prometheus posts it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

/** Rules there are; what each is called is the first label of a group. */
const RULES = 50;
/** Of so many groups one is silenced, and of so many one is the target of an inhibition. */
export const SILENCED_EVERY = 10;

/** How long an alert that is not posted again lasts: a Prometheus says four times its `rules.alert.resend-delay`. */
const LASTS_MS = 4 * 60_000;

/** The configuration both programs get. */
export function configuration(webhookUrl: string): string {
  return `route:
  receiver: team
  group_by: [alertname, cluster, service]
  group_wait: 1s
  group_interval: 30s
  repeat_interval: 4h
receivers:
  - name: team
    webhook_configs:
      - url: ${webhookUrl}
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="info"]
    equal: [cluster, service]
`;
}

/** The labels of an alert of the workload. */
export function labelsOf(index: number, { groups }: AlertsShape): Readonly<Record<string, string>> {
  const group = index % groups;
  return {
    alertname: `Rule${group % RULES}`,
    cluster: `cluster-${group % 7}`,
    service: `service-${group}`,
    severity: index % 3 === 0 ? 'info' : 'warning',
    namespace: `namespace-${group % 20}`,
    pod: `service-${group}-${Math.floor(index / groups)}-7c9d8b6f5x`,
    instance: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}:8080`,
    job: 'kubernetes-pods',
  };
}

/** All alerts of the workload, as posted at a time. */
export function* postedAlerts(shape: AlertsShape, startedMs: number, nowMs: number): Generator<PostedAlert> {
  for (let index = 0; index < shape.alerts; index++) yield posted(labelsOf(index, shape), startedMs, nowMs);
}

/** An alert with these labels, as posted at a time. */
export function posted(labels: PostedAlert['labels'], startedMs: number, nowMs: number): PostedAlert {
  return {
    labels,
    annotations: {
      summary: `${labels['service'] ?? ''} answers slowly on ${labels['instance'] ?? ''}`,
      description: 'The 99th percentile of its answers is over a second for ten minutes.',
      runbook_url: `https://runbooks.example/${labels['alertname'] ?? ''}`,
    },
    startsAt: new Date(startedMs).toISOString(),
    endsAt: new Date(nowMs + LASTS_MS).toISOString(),
    generatorURL: 'http://prometheus.example/graph?g0.expr=latency+%3E+1&g0.tab=1',
  };
}

/** Silences: each for one group, most of them for groups there are none of. */
export function silence(index: number, { groups }: AlertsShape, nowMs: number): object {
  const service = index * SILENCED_EVERY < groups ? `service-${index * SILENCED_EVERY}` : `gone-${index}`;
  return {
    matchers: [
      { name: 'service', value: service, isRegex: false, isEqual: true },
      { name: 'cluster', value: 'cluster-.*', isRegex: true, isEqual: true },
    ],
    startsAt: new Date(nowMs).toISOString(),
    endsAt: new Date(nowMs + 3_600_000).toISOString(),
    createdBy: 'bench',
    comment: 'known, being worked on',
  };
}
