import { DEFAULT_ELECTION_SETTINGS, type ElectionOverride, type ElectionSettings } from '@tandem/election';
import {
  HEADER,
  settingsInForceRecord,
  settingsKey,
  settingsRecord,
  SETTINGS_KIND,
  type Settings,
  type SettingsInForce,
  type SettingsScope,
} from '@tandem/records';
import { type OutgoingRecord } from '@tandem/stream';

import { T0, TOPICS } from './ha-log.ts';

/** What a document says beside the settings of elections. */
export interface DocumentOptions {
  readonly overrides?: readonly ElectionOverride[];
  readonly fill?: { readonly enabled: boolean; readonly up: 'leader' | 'any' };
}

/** Settings as a document; what is not said is the default. */
export function documentOf(elections: Partial<ElectionSettings>, options: DocumentOptions = {}): string {
  const own = { elections: { ...DEFAULT_ELECTION_SETTINGS, ...elections }, ...options };
  return JSON.stringify({ ...own, replicaLabel: '__replica__', seamWindowMs: 60_000 });
}

/** Settings on their way in `samples` or `heartbeats`, or, with an outcome, as they are noted in `commands`. */
export function settingsOutput(
  json: string,
  over: Partial<Settings> = {},
  of: SettingsScope = 'samples',
): OutgoingRecord {
  const onTheWay = { outcome: null, sourcePartition: null, fromOffset: null };
  const { value, headers } = settingsRecord.encode({
    instance: 'dedup-0',
    readAtMs: T0,
    hash: json,
    json,
    ...onTheWay,
    ...over,
  });
  const topic = over.outcome === undefined ? TOPICS[of] : TOPICS.commands;
  return { topic, partition: 0, key: settingsKey(of), value, headers: { ...headers, [HEADER.kind]: SETTINGS_KIND } };
}

/** What is in force in partition 0, as `clusters` has it: documents by the first offset they hold for. */
export function inForceOutput(
  changes: Readonly<Record<number, string>>,
  of: SettingsScope = 'samples',
): OutgoingRecord {
  const stored: SettingsInForce['changes'] = Object.entries(changes).map(([fromOffset, json]) => {
    return { fromOffset: Number(fromOffset), readAtMs: T0, instance: 'dedup-0', hash: json, json };
  });
  const { value, headers } = settingsInForceRecord.encode({ changes: stored });
  const kind = { [HEADER.kind]: SETTINGS_KIND };
  return { topic: TOPICS.clusters, partition: 0, key: settingsKey(of), value, headers: { ...headers, ...kind } };
}
