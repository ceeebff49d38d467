import { type ElectionOverride, type ElectionSettings, type WatermarkSettings } from '@tandem/election';
import { type SpreadCluster } from '@tandem/records';
import { topicName } from '@tandem/stream';

import { type FillChoices } from './fill/fill-overrides.ts';
import { type OutOfOrderSettings } from './out-of-order.ts';

/** Full names of the topics dedup reads and writes. */
export interface DedupTopics {
  readonly samples: string;
  readonly deduped: string;
  readonly elections: string;
  readonly clusters: string;
  readonly heartbeats: string;
  readonly commands: string;
  readonly ledger: string;
  readonly tallies: string;
  readonly rejects: string;
}

/** The topics under a prefix. */
export function dedupTopics(prefix: string): DedupTopics {
  return {
    samples: topicName(prefix, 'samples'),
    deduped: topicName(prefix, 'deduped'),
    elections: topicName(prefix, 'elections'),
    clusters: topicName(prefix, 'clusters'),
    heartbeats: topicName(prefix, 'heartbeats'),
    commands: topicName(prefix, 'commands'),
    ledger: topicName(prefix, 'ledger'),
    tallies: topicName(prefix, 'tallies'),
    rejects: topicName(prefix, 'rejects'),
  };
}

/**
 * What decides what comes out. An instance does not simply go by its own: they are records of the log, and in force from
 * their place on (SPEC of @tandem/election, "Settings"). What is added here is to be added to `in-force/decision-settings.ts`.
 */
export interface DecisionSettings extends FillChoices {
  readonly elections: ElectionSettings;
  /** Those of some tenants and clusters. */
  readonly overrides?: readonly ElectionOverride[];
  readonly outOfOrder: OutOfOrderSettings;
  /** Removed from every series of a pair. */
  readonly replicaLabel: string;
  /** How far before the last record of a replica that fell silent the log is read again, ms; and how long a seam is open. */
  readonly seamWindowMs: number;
}

/** How an instance does its work; what comes out is the same. */
export interface WorkSettings {
  /** Consumer group on `samples`. */
  readonly group: string;
  /** Clusters whose series are spread over partitions: they are elected from heartbeats. Default: none. */
  readonly spread?: readonly SpreadCluster[];
  /** How much of `deduped` is read when a partition is taken over, ms of log time before its last record. */
  readonly replayWindowMs: number;
  readonly watermark: WatermarkSettings;
  /** Input is committed after this time, ms, */
  readonly commitIntervalMs: number;
  /** or after so many bytes of it, whichever is first. */
  readonly commitBytes: number;
  /** Largest body once inflated, bytes. */
  readonly maxDecodedBytes: number;
  /** Largest value of a record of `deduped` or `rejects`, bytes; a larger body is split by series. */
  readonly maxRecordBytes: number;
  /** How long a lease stands without being renewed, ms. */
  readonly leaseTtlMs: number;
}

/** What dedup is told about its work, resolved from the configuration. */
export interface DedupSettings extends DecisionSettings, WorkSettings {}

/** The consumer group on `heartbeats`, beside the one on `samples`. */
export function electorGroup({ group }: Pick<WorkSettings, 'group'>): string {
  return `${group}-elect`;
}
