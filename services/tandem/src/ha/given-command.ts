import { readCommand } from '@tandem/dedup';
import { type OperatorCommand } from '@tandem/election';
import { commandRecord, isSettings, type Command } from '@tandem/records';
import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type ClusterName } from './cluster-name.ts';
import { readTopic } from './read-topic.ts';

/** A command an operator gave. */
export interface GivenCommand extends ClusterName {
  readonly command: OperatorCommand;
}

/** The command in a record of `samples`; `undefined` where it cannot be read. */
export function givenCommand(record: LogRecord): GivenCommand | undefined {
  const received = readCommand(record);
  if (typeof received === 'string') return undefined;
  const { tenant, cluster } = received.stored;
  return { tenant, cluster, command: received.command };
}

/** Where a pin is looked for. */
export interface PinQuery extends ClusterName {
  /** The epoch whose replica may be pinned: a pin ends with it. */
  readonly epoch: number;
  /** What was given from this offset of `samples` on does not count. */
  readonly beforeOffset: number;
}

/** Whether the replica elected in an epoch was pinned, by the topic `commands`. @throws {LogError} `unknown-topic` */
export async function wasPinned(reader: RecordReader, topic: string, query: PinQuery): Promise<boolean> {
  let newestOffset = -1;
  let pinned = false;
  const apply = (record: LogRecord): void => {
    if (isSettings(record.headers)) return;
    const decoded = commandRecord.decode(record);
    if (!decoded.ok || !isOf(decoded.value, query)) return;
    const { outcome, sourceOffset } = decoded.value;
    const offset = sourceOffset ?? Infinity;
    if ((outcome !== 'pinned' && outcome !== 'released') || offset >= query.beforeOffset || offset < newestOffset)
      return;
    newestOffset = offset;
    pinned = outcome === 'pinned';
  };
  await readTopic(reader, { topic, apply });
  return pinned;
}

function isOf({ tenant, cluster, epoch }: Command, query: PinQuery): boolean {
  return tenant === query.tenant && cluster === query.cluster && epoch === query.epoch;
}
