import {
  type CommandOutcome,
  type DropReason,
  type ElectedState,
  type Election,
  type SenderReport,
  type SenderVerdict,
  type SettingsOutcome,
  type ShardDropReason,
} from '@tandem/election';
import { type Command } from '@tandem/records';
import { type LostRange } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import { type ClusterLimit } from './cluster-limit.ts';
import { type ClusterName } from './cluster-records.ts';
import { FillObserver } from './fill/fill-observer.ts';
import { type SettingsChange } from './in-force/partition-settings.ts';
import { type SettingsPlace } from './in-force/settings-records.ts';
import { type DedupMetrics } from './metrics.ts';
import { type OpenSeam } from './seam/open-seam.ts';

/** Why samples went no further. */
export type SampleDrop = DropReason | ShardDropReason | 'repeat' | 'out-of-order' | 'seam' | 'fill' | 'reject';

/** What is wrong with a sender, and where to look. */
const ADVICE: Readonly<Record<Exclude<SenderVerdict, 'ok'>, string>> = {
  alone: 'no other replica of the cluster is heard: nobody would take over',
  shared: 'two senders seem to have this replica name: its samples come twice, or at uneven distances',
  'clock-ahead': 'the samples of this replica are stamped ahead: look at its clock',
};

/** What records are observed with. */
export interface ObserverOptions {
  readonly metrics: DedupMetrics;
  readonly logger: Logger;
  readonly limit: ClusterLimit;
}

/** Turns what happened to records into metrics and log lines. Only told of what is committed. */
export class DedupObserver {
  readonly #metrics: DedupMetrics;
  readonly #logger: Logger;
  readonly #limit: ClusterLimit;
  /** What happens to fills. */
  readonly fills: FillObserver;

  constructor({ metrics, logger, limit }: ObserverOptions) {
    this.fills = new FillObserver({ metrics, logger });
    this.#metrics = metrics;
    this.#logger = logger;
    this.#limit = limit;
  }

  received(samples: number, unpairedTenant: string | undefined): void {
    this.#metrics.received.inc(samples);
    if (unpairedTenant !== undefined) this.#metrics.nonHaSamples.inc({ user: unpairedTenant }, samples);
  }

  emitted(samples: number): void {
    this.#metrics.emitted.inc(samples);
  }

  /** Samples of a replica that was the standby when they came, let through at a seam. */
  caughtUp(samples: number): void {
    this.#metrics.caughtUp.inc(samples);
  }

  /** Series that only the replica before had, ended with stale markers. */
  orphansMarked(series: number): void {
    this.#metrics.orphans.inc(series);
    this.#metrics.emitted.inc(series);
  }

  /** A seam was read again up to the live position. */
  joined({ tenant, cluster }: ClusterName, { replica, epoch, offset }: OpenSeam): void {
    this.#metrics.seams.inc();
    this.#logger.info({ tenant, cluster, replica, epoch, offset }, 'caught up with what the standby had sent');
  }

  dropped(reason: SampleDrop, samples: number): void {
    if (samples > 0) this.#metrics.dropped.inc({ reason }, samples);
  }

  /** Samples older than their series' last one that went on. */
  passedOutOfOrder(samples: number): void {
    if (samples > 0) this.#metrics.outOfOrder.inc(samples);
  }

  /** A watermark was written. */
  watermark(partition: number, watermarkMs: number): void {
    this.#metrics.watermark.set({ partition: String(partition) }, watermarkMs / 1000);
  }

  /** A record was written that holds samples at or before the watermark. */
  late(): void {
    this.#metrics.late.inc();
  }

  /** A record of a pair went no further. */
  refused(name: ClusterName, reason: DropReason | ShardDropReason, samples: number): void {
    this.dropped(reason, samples);
    if (reason === 'standby') this.#metrics.dedupedSamples.inc({ user: name.tenant, cluster: name.cluster }, samples);
    if (reason === 'too-many-clusters') this.#limit.refused(name);
    if (reason === 'too-many-replicas') {
      this.#logger.warn(
        { tenant: name.tenant, cluster: name.cluster },
        'cluster has too many replicas, samples of further ones are dropped',
      );
    }
  }

  /** Retention has overtaken the partition's processing. */
  lost({ topic, partition, from, to }: LostRange): void {
    this.#metrics.lostToRetention.inc(to - from);
    this.#logger.error({ topic, partition, from, to }, 'retention removed records before they were read');
  }

  /** Retention has overtaken the elector: what was sent meanwhile is in `samples` all the same. */
  lostHeartbeats({ topic, partition, from, to }: LostRange): void {
    this.#logger.warn({ topic, partition, from, to }, 'retention removed heartbeats before they were read');
  }

  /** A heartbeat of a cluster that nobody elects in. */
  voidHeartbeat({ tenant, cluster }: ClusterName): void {
    this.#metrics.voidHeartbeats.inc();
    this.#logger.warn({ tenant, cluster }, 'cluster is spread by ingest, but not by stream.spread of this process');
  }

  rejected(reason: string): void {
    this.#metrics.rejects.inc({ reason });
  }

  elected({ tenant, cluster }: ClusterName, { epoch, replica, reason, detail, previous }: Election): void {
    const labels = { user: tenant, cluster };
    this.#metrics.elections.inc({ ...labels, reason });
    if (previous === undefined) {
      this.#logger.info({ tenant, cluster, replica, epoch }, 'first replica elected');
      return;
    }
    const why = detail === undefined ? { reason } : { reason, detail };
    this.#logger.info(
      { tenant, cluster, replica, epoch, previous: previous.replica, ...why },
      'another replica elected',
    );
    this.#metrics.electedChanges.inc(labels);
    this.#metrics.electedStatus.remove({ ...labels, replica: previous.replica });
  }

  /** An operator's command took its place in the log. */
  obeyed({ tenant, cluster, command, replica, by, why }: Command, outcome: CommandOutcome): void {
    this.#metrics.commands.inc({ command, outcome });
    this.#logger.info({ tenant, cluster, command, replica: replica ?? '', by, why, outcome }, 'operator command');
  }

  /** Settings took their place in the log. */
  offeredSettings(place: SettingsPlace, { instance, hash }: SettingsChange, outcome: SettingsOutcome): void {
    this.#metrics.settings.inc({ outcome });
    this.#logger.info({ ...place, instance, hash, outcome }, 'settings met in the log');
  }

  /** Something else is to be said of a sender than before. */
  judgedSender({ tenant, cluster }: ClusterName, { replica, verdict, aheadMs }: SenderReport): void {
    const fields = { tenant, cluster, replica, verdict };
    if (verdict === 'ok') this.#logger.info(fields, 'sender is in order again');
    else this.#logger.warn(verdict === 'clock-ahead' ? { ...fields, ahead_ms: aheadMs } : fields, ADVICE[verdict]);
  }

  /** A sender of no pair that there is no room to remember. */
  senderOverlooked(tenant: string): void {
    this.#metrics.sendersOverlooked.inc();
    this.#logger.warn({ tenant }, 'too many senders lack the cluster or the replica label, some are not told of');
  }

  /** The elected replica as it stands. */
  standing({ tenant, cluster }: ClusterName, state: ElectedState): void {
    const labels = { user: tenant, cluster };
    this.#metrics.electedStatus.set({ ...labels, replica: state.replica }, 1);
    this.#metrics.electedTimestamp.set(labels, state.receivedAtMs / 1000);
    this.#metrics.lastElection.set(labels, state.electedAtMs / 1000);
  }

  /** A cluster is no longer held here: another instance tells how it stands. */
  gone({ tenant, cluster }: ClusterName, replica: string): void {
    const labels = { user: tenant, cluster };
    this.#metrics.electedStatus.remove({ ...labels, replica });
    this.#metrics.electedTimestamp.remove(labels);
    this.#metrics.lastElection.remove(labels);
  }

  /** A cluster is vacant: nothing is kept of it, so that clusters that come and go leave no series behind. */
  vacated(name: ClusterName, replica: string): void {
    const labels = { user: name.tenant, cluster: name.cluster };
    this.gone(name, replica);
    this.#metrics.dedupedSamples.remove(labels);
    this.#metrics.electedChanges.remove(labels);
    for (const reason of ['first-seen', 'failover', 'score', 'lost-scrapes', 'operator'])
      this.#metrics.elections.remove({ ...labels, reason });
  }

  /** A cluster was vacant for so long that it is known no more. */
  forgotten({ tenant, cluster }: ClusterName, epoch: number): void {
    this.#metrics.clustersForgotten.inc();
    this.#logger.info({ tenant, cluster, epoch }, 'silent cluster forgotten');
  }
}
