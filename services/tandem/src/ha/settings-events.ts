import { type DecisionSettings } from '@tandem/dedup';
import { type Election } from '@tandem/records';

import { type ClusterName } from './cluster-name.ts';
import { type SettingsNote, type SettingsPlace } from './read-settings.ts';
import { changedSettings, type ChangedSetting } from './settings-in-words.ts';

/** Settings that came to the partition of a cluster, and what they change for it. */
export interface SettingsEvent extends Pick<SettingsNote, 'notedMs' | 'instance' | 'outcome' | 'fromOffset'> {
  readonly kind: 'settings';
  readonly partition: number;
  /** What became different, or would have; `problem` in its place: this version cannot read the settings. */
  readonly changes: readonly ChangedSetting[];
  readonly problem: string | null;
}

/** An election among such events. */
export interface ElectionEvent {
  readonly kind: 'election';
  readonly election: Election;
}

/** What happened in a cluster. */
export type HistoryEvent = ElectionEvent | SettingsEvent;

/** What came of settings, in the order of the log, with what each changes of those in force before it. */
export function settingsEvents(
  name: ClusterName,
  { partition }: SettingsPlace,
  notes: readonly SettingsNote[],
): readonly SettingsEvent[] {
  let inForce: DecisionSettings | undefined;
  return notes.map(({ notedMs, instance, outcome, fromOffset, settings }) => {
    const event = { kind: 'settings', notedMs, instance, outcome, fromOffset, partition } as const;
    // What is in force stays where a document cannot be read.
    if (typeof settings === 'string') return { ...event, changes: [], problem: settings };
    const changes = inForce === undefined && fromOffset === null ? [] : changedSettings(name, inForce, settings);
    if (fromOffset !== null) inForce = settings;
    return { ...event, changes, problem: null };
  });
}

/** Elections, in the order of time, with settings in their places: before the first election that they decided. */
export function inTheirPlaces(
  elections: readonly Election[],
  settings: readonly SettingsEvent[],
): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const left = settings.values();
  let next = left.next();
  for (const election of elections) {
    for (; next.done !== true && isBefore(next.value, election); next = left.next()) events.push(next.value);
    events.push({ kind: 'election', election });
  }
  for (; next.done !== true; next = left.next()) events.push(next.value);
  return events;
}

/** By place where both have one: settings are written down later than they are in force where dedup is behind. */
function isBefore({ fromOffset, partition, notedMs }: SettingsEvent, election: Election): boolean {
  return fromOffset !== null && election.sourcePartition === partition
    ? fromOffset <= election.sourceOffset
    : notedMs <= election.electedAtMs;
}
