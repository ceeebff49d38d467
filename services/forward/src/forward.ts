import { RemoteWriteClient } from '@tandem/remote-write-client';
import { type ConsumerGroups, type RecordReader } from '@tandem/stream';
import { type Logger, type Metrics } from '@tandem/telemetry';

import { FORWARD_METRICS } from './metrics.ts';
import { type ForwardSettings } from './settings.ts';
import { TargetForwarder } from './target-forwarder.ts';

/** What forward is made with. */
export interface ForwardOptions {
  readonly log: ConsumerGroups & Pick<RecordReader, 'read' | 'bounds'>;
  readonly groupPrefix: string;
  readonly settings: ForwardSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Sent as `User-Agent`. */
  readonly userAgent: string;
  /** Wall clock, Unix ms. */
  readonly now: () => number;
}

/** The service as a component of a process. */
export interface ForwardService {
  readonly name: 'forward';
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Forwards `deduped` to each target. Does nothing where no target is configured. */
export function createForward(options: ForwardOptions): ForwardService {
  const { settings, userAgent } = options;
  const metrics = options.metrics.instruments(FORWARD_METRICS);
  const targets = settings.targets.map((target) => {
    const client = new RemoteWriteClient({ userAgent, ...target.client });
    return { client, forwarder: new TargetForwarder({ ...options, metrics, name: target.name, sender: client }) };
  });
  options.metrics.beforeRender(() => {
    for (const { forwarder } of targets) forwarder.collect();
  });
  return {
    name: 'forward',
    async start() {
      if (targets.length === 0) options.logger.warn({}, 'no targets: the deduplicated stream goes nowhere');
      await Promise.all(targets.map(({ forwarder }) => forwarder.start()));
    },
    async stop() {
      await Promise.all(targets.map(({ forwarder }) => forwarder.stop()));
      await Promise.all(targets.map(({ client }) => client.close()));
    },
  };
}
