import { type CommandOutcome, type OperatorCommand } from '@tandem/election';
import { clusterKey, commandRecord, type Command } from '@tandem/records';
import { type LogRecord, type OutgoingRecord } from '@tandem/stream';

import { type SourcePosition } from './cluster-records.ts';

/** A command as it stands in the log, and what it wants. */
export interface ReceivedCommand {
  readonly stored: Command;
  readonly command: OperatorCommand;
}

/** Reads a command out of a record; a problem comes back as text. */
export function readCommand(record: Pick<LogRecord, 'value' | 'headers'>): ReceivedCommand | string {
  const decoded = commandRecord.decode(record);
  if (!decoded.ok) return decoded.problem;
  const stored = decoded.value;
  const { command: kind, replica } = stored;
  if (kind === 'release') return { stored, command: { kind } };
  if (kind !== 'failover' && kind !== 'pin') return `unknown command ${JSON.stringify(kind)}`;
  if (replica === null || replica === '') return `command ${kind} names no replica`;
  return { stored, command: { kind, replica } };
}

/** The record of `commands` that says what came of a command. */
export function commandOutput(
  topic: string,
  stored: Command,
  result: { readonly outcome: CommandOutcome; readonly epoch: number | null; readonly source: SourcePosition },
): OutgoingRecord {
  const { outcome, epoch, source } = result;
  return {
    topic,
    partition: source.partition,
    key: clusterKey(stored.tenant, stored.cluster),
    ...commandRecord.encode({
      ...stored,
      outcome,
      epoch,
      sourcePartition: source.partition,
      sourceOffset: source.offset,
    }),
  };
}
