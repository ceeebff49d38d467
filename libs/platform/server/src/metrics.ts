import { counter, gauge, histogram } from '@tandem/telemetry';

/** Metrics of an HTTP server. `route` is a route's template, `other` where no route matched. */
export const SERVER_METRICS = {
  requests: counter({
    name: 'tandem_http_requests_total',
    help: 'Requests answered, by route template, method and class of status.',
    labels: ['route', 'method', 'status'],
  }),
  duration: histogram({
    name: 'tandem_http_request_duration_seconds',
    help: 'Time from the headers of a request to the end of its answer, by route template and class of status.',
    labels: ['route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
  refused: counter({
    name: 'tandem_http_bodies_refused_total',
    help: 'Request bodies that were not read, by reason.',
    labels: ['route', 'reason'],
  }),
  requestsInFlight: gauge({
    name: 'tandem_http_requests_in_flight',
    help: 'Requests that are being answered.',
  }),
  bytesInFlight: gauge({
    name: 'tandem_http_body_bytes_in_flight',
    help: 'Bytes of request bodies, and what was made of them, held by requests that are being answered.',
  }),
  bytesInFlightLimit: gauge({
    name: 'tandem_http_body_bytes_in_flight_limit',
    help: 'The most bytes of request bodies that may be in flight.',
  }),
  connections: gauge({
    name: 'tandem_http_connections',
    help: 'Open connections.',
  }),
  connectionsRefused: counter({
    name: 'tandem_http_connections_refused_total',
    help: 'Connections closed at once because there were too many.',
  }),
  clientErrors: counter({
    name: 'tandem_http_client_errors_total',
    help: 'Requests that were no HTTP, had headers too large, or came too slowly, by reason.',
    labels: ['reason'],
  }),
};
