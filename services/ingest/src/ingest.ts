import { type Clock, type Component } from '@tandem/lifecycle';
import { spreadTable } from '@tandem/records';
import { type Route } from '@tandem/server';
import { throttleLogger, type Metrics } from '@tandem/telemetry';

import { Heartbeats } from './heartbeats.ts';
import { INGEST_METRICS } from './metrics.ts';
import { WriteHandler, type WriteHandlerOptions } from './write-handler.ts';

/** What ingest is made with. */
export interface IngestOptions extends Omit<WriteHandlerOptions, 'metrics' | 'heartbeats'> {
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** What ingest adds to a process. */
export interface Ingest {
  readonly routes: readonly Route[];
  /** What is to be started and stopped: heartbeats, where a cluster is spread. */
  readonly components: readonly Component[];
}

/** The routes of ingest, for whatever server the process has. It keeps nothing that must not be lost. */
export function createIngest(options: IngestOptions): Ingest {
  const { log, settings, logger, clock } = options;
  const metrics = options.metrics.instruments(INGEST_METRICS);
  const heartbeats =
    settings.spread.length === 0
      ? undefined
      : new Heartbeats({
          log,
          topic: settings.heartbeatsTopic,
          shardsOf: spreadTable(settings.spread),
          metrics,
          logger: throttleLogger(logger),
          clock,
        });
  const handler = new WriteHandler({ ...options, metrics, ...(heartbeats === undefined ? {} : { heartbeats }) });
  return {
    routes: [
      {
        method: 'POST',
        path: '/api/v1/write',
        maxBodyBytes: settings.maxBodyBytes,
        handler: (request) => handler.handle(request),
      },
    ],
    components: heartbeats === undefined ? [] : [heartbeats],
  };
}
