import { settingsInForceRecord, settingsKey, settingsRecord, type Settings, type SettingsScope } from '@tandem/records';
import { type LogRecord, type OutgoingRecord } from '@tandem/stream';

import { type DedupTopics } from '../settings.ts';
import { readSettings } from './decision-settings.ts';
import { type OfferedSettings, type SettingsChange, type StoredSettings } from './partition-settings.ts';

/** What is judged by settings: a partition of `samples`, or one of `heartbeats`. */
export interface SettingsPlace {
  readonly of: SettingsScope;
  readonly partition: number;
}

/** Settings on their way: the record that puts them into a partition. */
export function settingsOffer(
  topics: Pick<DedupTopics, SettingsScope>,
  { of, partition }: SettingsPlace,
  { instance, readAtMs, hash, json }: OfferedSettings,
): OutgoingRecord {
  const onTheWay = { outcome: null, sourcePartition: null, fromOffset: null };
  const record = settingsRecord.encode({ instance, readAtMs, hash, json, ...onTheWay });
  return { topic: topics[of], partition, key: settingsKey(of), ...record };
}

/** Reads settings out of a record: in force, if they are to be, from behind it on. A problem comes as text. */
export function readOffer(record: LogRecord): SettingsChange | string {
  const decoded = settingsRecord.decode(record);
  if (!decoded.ok) return decoded.problem;
  const { instance, readAtMs, hash, json } = decoded.value;
  const settings = readSettings(json);
  if (typeof settings === 'string') return settings;
  // A clock that is ahead must not keep the settings of everybody else away until that time has come.
  const notAheadMs = Math.min(readAtMs, record.timestampMs);
  return { instance, hash, json, settings, readAtMs: notAheadMs, fromOffset: record.offset + 1 };
}

/** The record of `commands` that says what came of settings. `first`: the partition had none. */
export function settingsNote(
  topics: Pick<DedupTopics, 'commands'>,
  { instance, readAtMs, hash, json, fromOffset }: SettingsChange,
  { outcome, of, partition }: SettingsPlace & { readonly outcome: NonNullable<Settings['outcome']> },
): OutgoingRecord {
  const inForce = outcome === 'first' || outcome === 'applied';
  const note = { outcome, sourcePartition: partition, fromOffset: inForce ? fromOffset : null };
  const record = settingsRecord.encode({ instance, readAtMs, hash, json, ...note });
  return { topic: topics.commands, partition, key: settingsKey(of), ...record };
}

/** The record of `clusters` that says what is in force. */
export function inForceOutput(
  topics: Pick<DedupTopics, 'clusters'>,
  changes: readonly SettingsChange[],
  { of, partition }: SettingsPlace,
): OutgoingRecord {
  const stored = changes.map(({ fromOffset, readAtMs, instance, hash, json }) => {
    return { fromOffset, readAtMs, instance, hash, json };
  });
  return {
    topic: topics.clusters,
    partition,
    key: settingsKey(of),
    ...settingsInForceRecord.encode({ changes: stored }),
  };
}

/**
 * Reads what is in force out of a record of `clusters`, the oldest first; nothing where the record itself cannot be read.
 *
 * @param onProblem told of that, and of each document that cannot be applied, as a later version wrote it
 */
export function readInForce(
  record: Pick<LogRecord, 'value' | 'headers'>,
  onProblem: (problem: string) => void,
): readonly StoredSettings[] {
  const decoded = settingsInForceRecord.decode(record);
  if (!decoded.ok) {
    onProblem(decoded.problem);
    return [];
  }
  return decoded.value.changes.map((stored) => {
    const settings = readSettings(stored.json);
    if (typeof settings === 'string') onProblem(settings);
    return { ...stored, settings };
  });
}
