import { type Route } from '@tandem/server';

import { INGEST_METRICS } from './metrics.ts';
import { type Metrics } from '@tandem/telemetry';
import { WriteHandler, type WriteHandlerOptions } from './write-handler.ts';

/** What ingest is made with. */
export interface IngestOptions extends Omit<WriteHandlerOptions, 'metrics'> {
  readonly metrics: Metrics;
}

/** The routes of ingest, for whatever server the process has. It keeps no state of its own. */
export function createIngest(options: IngestOptions): { readonly routes: readonly Route[] } {
  const handler = new WriteHandler({ ...options, metrics: options.metrics.instruments(INGEST_METRICS) });
  return {
    routes: [
      {
        method: 'POST',
        path: '/api/v1/write',
        maxBodyBytes: options.settings.maxBodyBytes,
        handler: (request) => handler.handle(request),
      },
    ],
  };
}
