import { UnpairedSenders, type UnpairedSender, type VacantState } from '@tandem/election';
import {
  clusterId,
  forgottenRecord,
  forgottenScope,
  isSettings,
  senderId,
  senderRecord,
  settingsScope,
  shardId,
  shardRecord,
  spreadTable,
  type SettingsScope,
} from '@tandem/records';
import { readToBarrier, type LogRecord, type RecordReader } from '@tandem/stream';

import { keyText } from '../bytes.ts';
import { readCluster, type StoredCluster } from '../cluster-records.ts';
import { type StoredSettings } from '../in-force/partition-settings.ts';
import { readInForce } from '../in-force/settings-records.ts';
import { type PartitionSource } from '../log-tail.ts';
import { type WorkSettings } from '../settings.ts';
import { readShard, type StoredShard } from './shard-records.ts';

/** What a partition of `clusters` says. */
export interface StoredClusters {
  /** By their id. */
  readonly clusters: ReadonlyMap<string, StoredCluster>;
  readonly shards: ReadonlyMap<string, StoredShard>;
  /** Senders of no pair. */
  readonly senders: UnpairedSenders;
  /**
   * The settings in force, the oldest first, of the partition of `samples` and of that of `heartbeats`; absent: there are none.
   * None at all: what is written down cannot be read.
   */
  readonly changes: Readonly<Partial<Record<SettingsScope, readonly StoredSettings[]>>>;
  /** The highest epoch of the clusters that were forgotten, by the topic they were elected from; 0: none was. */
  readonly forgotten: Readonly<Record<SettingsScope, number>>;
}

/** Told of a record of `clusters` that cannot be read: it stands for nothing. */
export type OnUnreadable = (topic: string, offset: number, problem: string) => void;

/** Reads a partition of `clusters` to the barrier. */
export async function readClusters(
  reader: RecordReader,
  source: PartitionSource,
  onUnreadable: OnUnreadable,
): Promise<StoredClusters> {
  const clusters = new Map<string, StoredCluster>();
  const shards = new Map<string, StoredShard>();
  const senders = new Map<string, UnpairedSender>();
  const changes: Partial<Record<SettingsScope, readonly StoredSettings[]>> = {};
  const forgotten = { samples: 0, heartbeats: 0 };
  const apply = (record: LogRecord): void => {
    if (isSettings(record.headers)) {
      const onProblem = (problem: string): void => onUnreadable(source.topic, record.offset, problem);
      changes[settingsScope(record.key)] = readInForce(record, onProblem);
      return;
    }
    if (forgottenRecord.is(record.headers)) {
      const decoded = forgottenRecord.decode(record);
      if (decoded.ok) forgotten[forgottenScope(record.key)] = decoded.value.epoch;
      else onUnreadable(source.topic, record.offset, decoded.problem);
      return;
    }
    const key = keyText(record.key);
    const stored = record.value === null ? undefined : readStored(record);
    if (typeof stored === 'string') onUnreadable(source.topic, record.offset, stored);
    else if (stored === undefined) {
      clusters.delete(key);
      shards.delete(key);
      senders.delete(key);
    } else if ('heardAtMs' in stored) senders.set(key, stored);
    else if ('shard' in stored) shards.set(key, stored);
    else clusters.set(key, stored);
  };
  const { start } = await reader.bounds(source.topic, source.partition);
  await readToBarrier(reader, source, start, apply);
  source.signal.throwIfAborted();
  return {
    changes,
    forgotten,
    clusters: new Map(Array.from(clusters.values(), (each) => [clusterId(each.tenant, each.cluster), each])),
    shards: new Map(Array.from(shards.values(), (each) => [shardId(each.tenant, each.cluster, each.shard), each])),
    senders: unpairedOf(senders.values()),
  };
}

/** A record of `clusters` that is no settings; a problem comes back as text. */
function readStored(record: LogRecord): StoredCluster | StoredShard | UnpairedSender | string {
  if (shardRecord.is(record.headers)) return readShard(record);
  if (!senderRecord.is(record.headers)) return readCluster(record);
  const decoded = senderRecord.decode(record);
  return decoded.ok ? decoded.value : decoded.problem;
}

function unpairedOf(stored: Iterable<UnpairedSender>): UnpairedSenders {
  const senders = new UnpairedSenders();
  for (const sender of stored) senders.restore(senderId(sender.tenant, sender.cluster, sender.replica), sender);
  return senders;
}

/**
 * The clusters that are elected from one topic. Which one that is the configuration says; what was written down for the
 * other one tells nothing but the epochs that are used up.
 */
export function electedFrom(
  topic: 'samples' | 'heartbeats',
  clusters: ReadonlyMap<string, StoredCluster>,
  { spread = [] }: Pick<WorkSettings, 'spread'>,
): ReadonlyMap<string, StoredCluster> {
  const shardsOf = spreadTable(spread);
  const own = new Map<string, StoredCluster>();
  for (const [id, stored] of clusters) {
    const isSpread = shardsOf(stored.tenant, stored.cluster) > 1;
    if (isSpread !== (topic === 'heartbeats')) continue;
    own.set(id, stored.shards > 1 === isSpread ? stored : vacated(stored));
  }
  return own;
}

function vacated(stored: StoredCluster): StoredCluster {
  const { epoch, fromTimestampMs, heardAtMs } = stored.state;
  const state: VacantState = { kind: 'vacant', epoch, fromTimestampMs, heardAtMs };
  return { ...stored, shards: 1, seams: [], fills: [], watch: null, state };
}
