import { type ElectedState, type ElectionEffect, type ElectionTable } from '@tandem/election';
import { clusterId } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { type ClusterName } from './cluster-records.ts';
import { commandOutput, readCommand } from './operator-commands.ts';
import { type ProcessorOptions } from './processor-options.ts';
import { type Transaction } from './transaction.ts';

/** What a command has changed. */
export interface CommandedChange {
  /** Name of the cluster, tenant included. */
  readonly cluster: string;
  readonly name: ClusterName;
  readonly state: ElectedState;
  readonly effect: ElectionEffect;
}

/** What operators are obeyed with. */
export interface ObeyOptions extends Pick<ProcessorOptions, 'partition' | 'topics' | 'observer'> {
  readonly elections: ElectionTable;
  /** Writes down what a command has changed, before what came of it is noted. */
  readonly onChange: (change: CommandedChange) => void;
}

/** Does what an operator wants, and writes down what came of it. A problem of a record that cannot be read comes as text. */
export function obey(
  { partition, topics, observer, elections, onChange }: ObeyOptions,
  record: LogRecord,
  transaction: Transaction,
): string | undefined {
  const received = readCommand(record);
  if (typeof received === 'string') return received;
  const { stored, command } = received;
  const name = { tenant: stored.tenant, cluster: stored.cluster };
  const cluster = clusterId(name.tenant, name.cluster);
  const { outcome, effect, state } = elections.obey({ tenant: name.tenant, cluster }, command);
  if (effect !== undefined && state?.kind === 'elected') onChange({ cluster, name, state, effect });
  const source = { partition, offset: record.offset };
  transaction.write(commandOutput(topics.commands, stored, { outcome, epoch: state?.epoch ?? null, source }));
  transaction.afterwards(() => observer.obeyed(stored, outcome));
  return undefined;
}
