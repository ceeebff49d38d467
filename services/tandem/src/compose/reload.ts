import { changedKeys } from '@tandem/config';
import { type Reloaded } from '@tandem/lifecycle';
import { type RootLogger } from '@tandem/telemetry';

import { type TandemConfig } from '../config/schema.ts';

/** Keys of dedup that take effect with a restart: labels are ingest's as well, and how work is done is fixed. */
const FIXED: ReadonlySet<string> = new Set([
  'dedup.cluster_label',
  'dedup.replica_label',
  'dedup.replay_window',
  'dedup.commit_interval',
  'dedup.commit_bytes',
]);

/** What a configuration is applied to. */
export interface ReloadTargets {
  readonly logger: Pick<RootLogger, 'level'>;
  /** Told of the configuration by which dedup is to decide from now on. */
  readonly onDedup: (config: TandemConfig) => void;
}

/** Applies what of a configuration can be applied while a process runs, and says what cannot. */
export class RunningConfig {
  readonly #started: TandemConfig;
  readonly #targets: ReloadTargets;
  #running: TandemConfig;

  /** @param started what the process was started with */
  constructor(started: TandemConfig, targets: ReloadTargets) {
    this.#started = started;
    this.#running = started;
    this.#targets = targets;
  }

  /** Goes by another configuration as far as possible. */
  apply(config: TandemConfig): Reloaded {
    const restart = changedKeys(this.#started, config).filter((key) => !isApplicable(key));
    const applied = changedKeys(this.#running, config).filter(isApplicable);
    const { cluster_label, replica_label } = this.#started.dedup;
    this.#running = { ...config, dedup: { ...config.dedup, cluster_label, replica_label } };
    this.#targets.logger.level = config.log.level;
    if (applied.some((key) => key.startsWith('dedup.'))) this.#targets.onDedup(this.#running);
    return { applied, restart };
  }
}

function isApplicable(key: string): boolean {
  return key === 'log.level' || (key.startsWith('dedup.') && !FIXED.has(key));
}
