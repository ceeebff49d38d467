import { type Identity } from '@tandem/remote-write';
import { type Logger } from '@tandem/telemetry';

import { type IngestMetrics } from './metrics.ts';

/** The label a sender lacks for its series to be of a pair. */
export type LackingLabel = 'cluster' | 'replica';

/** What a request that lacks a label is told with. */
export interface LackingLabelOptions {
  readonly metrics: IngestMetrics;
  /** Throttled: told of every request. */
  readonly logger: Logger;
  readonly clusterLabel: string;
  readonly replicaLabel: string;
}

/** The label that all series of a request lack while they have the other one; `undefined`: both, none, or several senders. */
export function lackingLabel(identity: Identity): LackingLabel | undefined {
  if (identity.kind === 'mixed') return undefined;
  const { cluster, replica } = identity;
  if ((cluster === undefined) === (replica === undefined)) return undefined;
  return cluster === undefined ? 'cluster' : 'replica';
}

/** Tells of a request whose series are not deduplicated because its sender lacks one of the two labels. */
export function tellLackingLabel(identity: Identity, tenant: string, options: LackingLabelOptions): void {
  const lacks = lackingLabel(identity);
  if (lacks === undefined || identity.kind === 'mixed') return;
  const { metrics, logger, clusterLabel, replicaLabel } = options;
  metrics.lackingLabel.inc({ lacks });
  const missing = lacks === 'cluster' ? clusterLabel : replicaLabel;
  const of = identity.cluster ?? identity.replica ?? '';
  logger.warn({ tenant, lacks, of, missing }, `${ADVICE[lacks]}: add it to its external_labels`);
}

const ADVICE: Readonly<Record<LackingLabel, string>> = {
  cluster: 'a sender has the replica label and not the cluster label, its series are not deduplicated',
  replica: 'a sender has the cluster label and not the replica label, its series are not deduplicated',
};
