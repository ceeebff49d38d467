import { readInForce, type StoredSettings } from '@tandem/dedup';
import { settingsResolver, type ElectionSettings } from '@tandem/election';
import { isSettings, settingsScope } from '@tandem/records';
import { readToBarrier, type RecordReader } from '@tandem/stream';

/** The settings by which a partition of `samples` is judged. */
export interface InForce {
  /** Those of a cluster, by the newest settings; names of clusters with the tenant. */
  readonly settingsOf: (tenant: string, cluster: string) => ElectionSettings;
  /** The first offset of `samples` that is judged by the newest. */
  readonly fromOffset: number;
}

/** Reads which settings are in force in a partition, by the topic `clusters`; `undefined`: none are written down yet. */
export async function settingsInForce(
  reader: RecordReader,
  topic: string,
  partition: number,
): Promise<InForce | undefined> {
  let changes: readonly StoredSettings[] = [];
  const { start } = await reader.bounds(topic, partition);
  const { signal } = new AbortController();
  await readToBarrier(reader, { topic, partition, signal }, start, (record) => {
    if (isSettings(record.headers) && settingsScope(record.key) === 'samples')
      changes = readInForce(record, () => undefined);
  });
  const newest = changes.findLast(({ settings }) => typeof settings !== 'string');
  if (newest === undefined || typeof newest.settings === 'string') return undefined;
  const { elections, overrides = [] } = newest.settings;
  return { settingsOf: settingsResolver(elections, overrides), fromOffset: newest.fromOffset };
}
