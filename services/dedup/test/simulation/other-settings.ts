import { settingsDocument } from '../../src/in-force/decision-settings.ts';
import { inForceOutput } from '../../src/in-force/settings-records.ts';
import { type DedupSettings } from '../../src/index.ts';
import { TOPICS } from '../pipeline.ts';
import { type SimulatedStorage } from '../simulated-log.ts';

/** When the configuration of instances that are set up wrong was read, Unix ms: long before that of the others. */
const READ_EARLIER_MS = 1;
const READ_MS = 2;

/** Settings under which everything would come out differently, in an instance that was not told of the present ones. */
export function wronglyConfigured(settings: DedupSettings): {
  readonly settings: DedupSettings;
  readonly now: () => number;
} {
  const elections = { ...settings.elections, failoverTimeoutMs: 77_000, idleTimeoutMs: 80_000 };
  return {
    settings: { ...settings, elections, seamWindowMs: 11_000, replicaLabel: 'job' },
    now: () => READ_EARLIER_MS,
  };
}

/** Has a log whose partitions are judged by settings already. */
export function begunWith(storage: SimulatedStorage, settings: DedupSettings): void {
  const begun = { settings, ...settingsDocument(settings), instance: 'd', readAtMs: READ_MS, fromOffset: 0 };
  for (let partition = 0; partition < storage.partitions; partition++) {
    for (const scope of ['samples', 'heartbeats'] as const) {
      const { key, value, headers = {} } = inForceOutput(TOPICS, [begun], { of: scope, partition });
      storage.append(TOPICS.clusters, partition, [{ key, value, headers, timestampMs: 0 }]);
    }
  }
}
