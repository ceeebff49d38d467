import { counter, gauge, histogram } from '@tandem/telemetry';

/** Metrics of the API and the pages, named as Alertmanager's. `handler` is a template, `other` where none is asked for. */
export const HTTP_METRICS = {
  duration: histogram({
    name: 'alertmanager_http_request_duration_seconds',
    help: 'Time from the headers of a request to its answer, by handler, method and status.',
    labels: ['handler', 'method', 'code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  }),
  inFlight: gauge({
    name: 'alertmanager_http_requests_in_flight',
    help: 'Requests that are being answered: GET, which alone are limited.',
    labels: ['method'],
  }),
  limitExceeded: counter({
    name: 'alertmanager_http_concurrency_limit_exceeded_total',
    help: 'Requests answered 503 because there were too many at once.',
    labels: ['method'],
  }),
};
