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
