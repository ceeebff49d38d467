import { type FillStep } from '@tandem/election';
import { type Logger } from '@tandem/telemetry';

import { type ClusterName } from '../cluster-records.ts';
import { type DedupMetrics } from '../metrics.ts';

/** Turns what happened to fills into metrics and log lines. Only told of what is committed. */
export class FillObserver {
  readonly #metrics: DedupMetrics;
  readonly #logger: Logger;

  constructor({ metrics, logger }: { readonly metrics: DedupMetrics; readonly logger: Logger }) {
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /** What is filled has changed. */
  decided({ tenant, cluster }: ClusterName, { kind, elected, standby, targets, offset }: FillStep): void {
    this.#metrics.fills.inc({ step: kind });
    const fields = { tenant, cluster, elected, standby, targets: targets.length, offset };
    if (kind === 'close') this.#logger.info(fields, 'no target is filled any more');
    else this.#logger.info(fields, 'targets the elected replica cannot scrape are filled from a standby');
  }

  /** Samples of a standby went on in place of what the elected replica could not scrape. */
  filled(samples: number): void {
    this.#metrics.filledSamples.inc(samples);
  }

  /** Stale markers of the elected replica: held, and come to nothing because the standby continues their series. */
  markers(held: number, suppressed: number): void {
    this.#metrics.fillMarkers.inc({ verdict: 'held' }, held);
    this.#metrics.fillMarkers.inc({ verdict: 'suppressed' }, suppressed);
  }

  /** Stale markers written for series that the standby does not have, or that nobody fills any more. */
  released(count: number): void {
    this.#metrics.fillMarkers.inc({ verdict: 'released' }, count);
    this.#metrics.emitted.inc(count);
  }

  /** Reports of targets that are down, passed over because a cluster has too many. */
  overlooked(reports: number): void {
    this.#metrics.fillReportsOverlooked.inc(reports);
  }

  /** Bodies of a standby that could not be kept until it was known whether they are needed. */
  forgotten(bodies: number): void {
    this.#metrics.fillForgotten.inc(bodies);
  }
}
