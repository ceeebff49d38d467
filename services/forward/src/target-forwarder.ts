import { type Claim, type ConsumerGroups, type LostRange, type Membership, type RecordReader } from '@tandem/stream';
import { type Instruments, type Logger } from '@tandem/telemetry';

import { type Sender } from './delivery.ts';
import { type FORWARD_METRICS } from './metrics.ts';
import { PartitionObserver } from './observer.ts';
import { PartitionForwarder } from './partition-forwarder.ts';
import { type ForwardSettings } from './settings.ts';
import { every, wait } from './timers.ts';

/** What a target's forwarding needs. */
export interface TargetForwarderOptions {
  readonly name: string;
  readonly sender: Sender;
  readonly log: ConsumerGroups & Pick<RecordReader, 'read' | 'bounds'>;
  /** Put before the name of the consumer group. */
  readonly groupPrefix: string;
  readonly settings: ForwardSettings;
  readonly metrics: Instruments<typeof FORWARD_METRICS>;
  readonly logger: Logger;
  /** Wall clock, Unix ms. */
  readonly now: () => number;
}

/** How long a request under way may go on once the forwarding stops, ms: short enough for an exit within 10 s. */
const LAST_REQUEST_MS = 4000;

/** Forwards to one target: a consumer group of its own, so that a slow target holds up nobody else. */
export class TargetForwarder {
  readonly #options: TargetForwarderOptions;
  readonly #stopping = new AbortController();
  readonly #abandon = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #observers = new Set<PartitionObserver>();
  #membership: Membership | undefined;

  constructor(options: TargetForwarderOptions) {
    this.#options = options;
  }

  /** Joins the target's group. */
  async start(): Promise<void> {
    const { log, name, groupPrefix, settings, logger } = this.#options;
    this.#membership = await log.join({
      group: `${groupPrefix}forward.${name}`,
      topics: [settings.topics.deduped],
      onClaim: (claim) => this.#forward(claim),
      onError: (error) => {
        logger.warn({ target: name, error }, 'forwarding interrupted; it goes on from the committed position');
      },
    });
  }

  /** Lets the requests under way end, commits what the target has, and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const abandoning = setTimeout(() => {
      this.#abandon.abort();
    }, LAST_REQUEST_MS);
    await Promise.allSettled(this.#running);
    clearTimeout(abandoning);
    await this.#membership?.leave();
  }

  /** Sets the gauges of lag of every partition held. */
  collect(): void {
    for (const observer of this.#observers) observer.collect();
  }

  async #forward(claim: Claim): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const running = this.#forwardClaim(claim);
    this.#running.add(running);
    try {
      await running;
    } finally {
      this.#running.delete(running);
    }
  }

  #lost({ topic, partition, from, to }: LostRange): void {
    const { name: target, metrics, logger } = this.#options;
    metrics.lostToRetention.inc({ target }, to - from);
    logger.error({ target, topic, partition, from, to }, 'retention removed records before they were read');
  }

  async #forwardClaim(claim: Claim): Promise<void> {
    const { name, sender, log, settings, metrics, logger, now } = this.#options;
    const observer = new PartitionObserver({ target: name, partition: claim.partition }, metrics, logger, now);
    this.#observers.add(observer);
    metrics.claims.inc({ target: name });
    try {
      await new PartitionForwarder({
        reader: log,
        claim,
        rejects: { claim, target: name, topic: settings.topics.rejects, maxRecordBytes: settings.maxRecordBytes },
        delivery: {
          sender,
          wait,
          stopping: this.#stopping.signal,
          abandon: AbortSignal.any([claim.signal, this.#abandon.signal]),
        },
        observer,
        maxDecodedBytes: settings.maxDecodedBytes,
        onLost: (lost) => this.#lost(lost),
        everyCommitInterval: (step) => every(settings.commitIntervalMs, step),
      }).run();
    } finally {
      metrics.claims.dec({ target: name });
      this.#observers.delete(observer);
      observer.released();
    }
  }
}
