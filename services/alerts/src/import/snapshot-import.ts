import { describeError } from '@tandem/errors';
import { type Logger, type Metrics } from '@tandem/telemetry';

import { type ImportTopics } from '../alerts-options.ts';
import { appendSnapshots, type AppendSnapshotsOptions, type Snapshots } from './append-snapshots.ts';
import { SnapshotDirectory } from './snapshot-directory.ts';

/** What an import needs. */
export interface SnapshotImportOptions {
  /** `--storage.path` */
  readonly directory: string;
  /** `--data.retention`, ms. */
  readonly retentionMs: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Puts what was read into the topics, which were read to their end. @throws Error where the log does not take it */
export type SnapshotImport = (topics: ImportTopics) => Promise<void>;

/** Each waits for the log as long as its topics do. */
const ATTEMPTS = 3;

/**
 * Reads the snapshot files of an Alertmanager that was here before, if they are new: `undefined` where there is nothing to
 * import.
 *
 * @throws {TandemError} `TANDEM_ALERTS_SNAPSHOT` where one cannot be read: better no start than to tell everybody again
 */
export async function snapshotImport(options: SnapshotImportOptions): Promise<SnapshotImport | undefined> {
  const directory = new SnapshotDirectory(options.directory);
  const snapshots = await directory.read();
  if (snapshots === undefined) return undefined;
  return async (topics) => {
    if (!(await appendPatiently(snapshots, { ...topics, ...options }))) {
      throw new Error('cannot import the snapshots: the log is away; the next start tries again');
    }
    const { logger, directory: path } = options;
    const [silences, entries] = [snapshots.silences.length, snapshots.entries.length];
    logger.info({ silences, entries, directory: path }, 'snapshots of Alertmanager are imported');
    await directory.markImported().catch((error: unknown) => {
      const problem = describeError(error);
      logger.warn(
        { directory: path, problem },
        'cannot mark the snapshots as imported, the next start imports them again',
      );
    });
  };
}

async function appendPatiently(snapshots: Snapshots, options: AppendSnapshotsOptions): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (await appendSnapshots(snapshots, options)) return true;
  }
  return false;
}
