/** A row of the HTTP reference. */
export interface DocumentedRoute {
  readonly method: string;
  readonly path: string;
  /** Services that answer it; every process answers what `all` answers. */
  readonly by: string;
  readonly answer: string;
}

/** Every path Tandem answers; a test holds it to what processes really route. */
export const HTTP_ROUTES: readonly DocumentedRoute[] = [
  {
    method: 'POST',
    path: '/api/v1/write',
    by: 'ingest',
    answer:
      'Remote write 1.0 and 2.0. 204 once the log has everything; 400 content that cannot be used, 413 too large, ' +
      '415 other content type or encoding (senders drop it); 503 with Retry-After when the log cannot take it now or ' +
      'too much is in flight (senders send again).',
  },
  {
    method: 'GET',
    path: '/api/v1/ha/clusters',
    by: 'dedup',
    answer:
      'JSON: each cluster held by this process, with the elected replica, its epoch and times, and the replicas last heard.',
  },
  {
    method: 'GET',
    path: '/api/v2/status',
    by: 'alerts',
    answer:
      'As Alertmanager 0.34: the cluster, the configuration in force (secrets masked), versions, since when it is up.',
  },
  {
    method: 'GET',
    path: '/api/v2/receivers',
    by: 'alerts',
    answer: 'As Alertmanager 0.34. Parameter: `receiver_matchers` (a matcher of their labels; repeated: all).',
  },
  {
    method: 'GET',
    path: '/api/v2/alerts',
    by: 'alerts',
    answer:
      'As Alertmanager 0.34: alerts that are not over, by fingerprint. Parameters: `filter` and `receiver_matchers` (a matcher; ' +
      'repeated: all), `receiver` (a regular expression of the whole name), `active`, `silenced`, `inhibited` (default true).',
  },
  {
    method: 'POST',
    path: '/api/v2/alerts',
    by: 'alerts',
    answer:
      'As Alertmanager 0.34: 200 once the log has them, or once they are kept because it is away; 400 with what is wrong with ' +
      'some, and the others are taken; 415, 422 for what is no list of alerts.',
  },
  {
    method: 'GET',
    path: '/api/v2/alerts/groups',
    by: 'alerts',
    answer: 'As Alertmanager 0.34: alerts by group. Parameters as of `/api/v2/alerts`, and `muted` (default true).',
  },
  {
    method: 'GET',
    path: '/api/v2/silences',
    by: 'alerts',
    answer:
      'As Alertmanager 0.34: active ones by end, pending ones by start, expired ones the latest first. Parameters: `filter` ' +
      '(a matcher that a silence has; repeated: all), `active`, `pending`, `expired` (default true).',
  },
  {
    method: 'POST',
    path: '/api/v2/silences',
    by: 'alerts',
    answer:
      'As Alertmanager 0.34: 200 with `silenceID` once the log has it; 400, 404, 422 as there; 503 while the log is away.',
  },
  {
    method: 'GET',
    path: '/api/v2/silence/{silenceID}',
    by: 'alerts',
    answer: 'As Alertmanager 0.34: 200, 404 for one that is not known, 422 for what is no UUID.',
  },
  {
    method: 'DELETE',
    path: '/api/v2/silence/{silenceID}',
    by: 'alerts',
    answer: 'As Alertmanager 0.34: ends it; 200 too where it is over already. 503 while the log is away.',
  },
  {
    method: 'GET',
    path: '/',
    by: 'alerts',
    answer: 'Plain pages: `#/alerts`, `#/silences`, `#/status`, with the parameters that links in notifications have.',
  },
  {
    method: 'GET',
    path: '/api/v2/tandem/notifications',
    by: 'alerts',
    answer:
      'JSON: how flushes ended, and why, the newest first (`notifications`, each with its `summary` in words), of 30 days. ' +
      'Parameters: `receiver` (a regular expression of the whole name), `group` (a group key, or matchers of its labels), ' +
      '`filter` (a matcher; repeated: one alert fulfils all), `outcome` (sent, skipped, suppressed, failed, held, stopped; ' +
      'repeated: any), `instance` (repeated: any), `since` and `until` (RFC 3339 or Unix seconds), `limit` (100; 1000 at most), ' +
      '`cursor` (`nextCursor` of the page before; null: there are no more). `complete` is false while the index is behind the ' +
      'log. 400 with a JSON string for a bad parameter, 503 while the log is away.',
  },
  {
    method: 'POST',
    path: '/-/reload',
    by: 'all',
    answer:
      'Reads the configuration again: 200 with what is applied and what needs a restart; 500 with the problem, and the ' +
      'configuration before stays; 403 unless `web.enable_lifecycle`.',
  },
  { method: 'GET', path: '/-/healthy', by: 'all', answer: '200 while the process is alive.' },
  { method: 'GET', path: '/-/ready', by: 'all', answer: '200 when it does its work; 503 with the reasons otherwise.' },
  { method: 'GET', path: '/metrics', by: 'all', answer: 'Metrics in the text format of Prometheus.' },
];
