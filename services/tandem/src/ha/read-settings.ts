import { readInForce, readSettings, type StoredSettings } from '@tandem/dedup';
import { isSettings, settingsRecord, settingsScope } from '@tandem/records';
import { readToBarrier, type LogRecord, type RecordReader } from '@tandem/stream';

import { type ClusterPlace } from './cluster-place.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { readTopic } from './read-topic.ts';

/** Where settings are in force. */
export type SettingsPlace = Pick<ClusterPlace, 'of' | 'partition'>;

/** What came of settings, as `commands` tells. A document that this version cannot read comes as the problem with it. */
export interface SettingsNote extends Omit<StoredSettings, 'fromOffset'> {
  /** When it was written down, log time, Unix ms. */
  readonly notedMs: number;
  /** first, applied, renewed, unchanged, older; or what a later version says. */
  readonly outcome: string;
  /** The first offset that is judged by them; `null`: they did not come into force there. */
  readonly fromOffset: number | null;
}

/** What `commands` tells of the settings of one partition. */
export interface SettingsNotes {
  /** In the order of the log. */
  readonly notes: readonly SettingsNote[];
  /** Records of settings that cannot be read, of any partition. */
  readonly unreadable: number;
}

/** Reads what came of the settings of a partition, as far as `commands` keeps it. @throws {LogError} `unknown-topic` */
export async function readSettingsNotes(
  reader: RecordReader,
  topic: string,
  place: SettingsPlace,
): Promise<SettingsNotes> {
  const notes: SettingsNote[] = [];
  let unreadable = 0;
  const apply = (record: LogRecord): void => {
    if (!isSettings(record.headers) || settingsScope(record.key) !== place.of) return;
    const decoded = settingsRecord.decode(record);
    if (!decoded.ok) {
      unreadable++;
      return;
    }
    const { sourcePartition, outcome, json, ...note } = decoded.value;
    if (sourcePartition !== place.partition || outcome === null) return;
    notes.push({ ...note, json, outcome, settings: readSettings(json), notedMs: record.timestampMs });
  };
  await readTopic(reader, { topic, apply });
  return { notes, unreadable };
}

/**
 * The settings of a partition and from where on each was in force, the oldest first: the newest ones by `clusters`, those before
 * by `commands`. None: there are none yet.
 *
 * @throws {LogError} `unknown-topic`
 */
export async function readSettingsChanges(
  reader: RecordReader,
  topics: Pick<HaTopics, 'clusters' | 'commands'>,
  place: SettingsPlace,
): Promise<readonly StoredSettings[]> {
  const standing = await readStanding(reader, topics.clusters, place);
  const { notes } = await readSettingsNotes(reader, topics.commands, place);
  const oldest = standing[0]?.fromOffset ?? Infinity;
  const before: StoredSettings[] = [];
  for (const { fromOffset, ...note } of notes) {
    if (fromOffset === null) continue;
    // Where the log was emptied offsets begin anew: what is later in `commands` counts.
    while ((before.at(-1)?.fromOffset ?? -1) >= fromOffset) before.pop();
    before.push({ ...note, fromOffset });
  }
  return [...before.filter(({ fromOffset }) => fromOffset < oldest), ...standing];
}

async function readStanding(
  reader: RecordReader,
  topic: string,
  { of, partition }: SettingsPlace,
): Promise<readonly StoredSettings[]> {
  let changes: readonly StoredSettings[] = [];
  const { start } = await reader.bounds(topic, partition);
  const { signal } = new AbortController();
  await readToBarrier(reader, { topic, partition, signal }, start, (record) => {
    if (isSettings(record.headers) && settingsScope(record.key) === of) changes = readInForce(record, () => undefined);
  });
  return changes;
}
