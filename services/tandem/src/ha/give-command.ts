import { randomUUID } from 'node:crypto';

import { EXIT_CODES } from '@tandem/lifecycle';
import {
  clusterId,
  clusterKey,
  COMMAND_KIND,
  commandRecord,
  decodeSamplesHeaders,
  heartbeatRecord,
  HEADER,
  type Command,
} from '@tandem/records';
import { partitionOf, type LogRecord, type RecordAppender, type RecordReader } from '@tandem/stream';

import { CommandExit } from '../config/command-exit.ts';
import { type ClusterName } from './cluster-name.ts';

/** What an operator wants, and who that is. */
export interface CommandRequest extends ClusterName {
  readonly command: 'failover' | 'pin' | 'release';
  /** Absent for `release`. */
  readonly replica: string | undefined;
  readonly by: string;
  readonly why: string;
  /** Unix ms. */
  readonly nowMs: number;
  /** Do it though the replica was not heard lately. */
  readonly force: boolean;
  /** How long to wait for the outcome, ms. */
  readonly timeoutMs: number;
  /** The cluster is spread over shards: it is elected from heartbeats, and commanded there. */
  readonly spread: boolean;
}

/** The topics a command goes through. */
export interface CommandTopics {
  readonly samples: string;
  readonly heartbeats: string;
  readonly commands: string;
}

type CommandLog = RecordAppender & Pick<RecordReader, 'read' | 'bounds' | 'partitions' | 'offsetAt'>;

/** A replica must have been heard in this time before it is elected by hand. */
const HEARD_WITHIN_MS = 60_000;

/**
 * Puts a command into its place in the log, behind everything that was received before it, and waits until whoever holds
 * the partition has written down what came of it.
 *
 * @throws {CommandExit} 1 where the replica was not heard lately, or nothing came of it in time
 */
export async function giveCommand(log: CommandLog, topics: CommandTopics, request: CommandRequest): Promise<Command> {
  const key = clusterKey(request.tenant, request.cluster);
  const topic = request.spread ? topics.heartbeats : topics.samples;
  const partition = partitionOf(key, await log.partitions(topic));
  const source = { topic, partition };
  if (request.replica !== undefined && !request.force) await requireHeard(log, source, request);
  const { end } = await log.bounds(topics.commands, partition);
  const command = commandOf(request);
  const { value, headers } = commandRecord.encode(command);
  await log.append([{ ...source, key, value, headers: { ...headers, [HEADER.kind]: COMMAND_KIND } }]);
  const outcome = await outcomeOf(log, { topic: topics.commands, partition, from: end }, command, request.timeoutMs);
  if (outcome !== undefined) return outcome;
  throw new CommandExit(
    EXIT_CODES.failed,
    `nobody has taken the command within ${request.timeoutMs / 1000} s: it is in the log, and takes effect when dedup comes to it`,
  );
}

function commandOf({ tenant, cluster, command, replica, by, why, nowMs }: CommandRequest): Command {
  const onItsWay = { outcome: null, epoch: null, sourcePartition: null, sourceOffset: null };
  return { id: randomUUID(), tenant, cluster, command, replica: replica ?? null, by, why, atMs: nowMs, ...onItsWay };
}

/** A replica nobody hears would leave the cluster without samples. */
async function requireHeard(
  log: CommandLog,
  source: { readonly topic: string; readonly partition: number },
  { tenant, cluster, replica, nowMs }: CommandRequest,
): Promise<void> {
  const heard = await heardSince(log, source, { id: clusterId(tenant, cluster), sinceMs: nowMs - HEARD_WITHIN_MS });
  if (replica === undefined || heard.has(replica)) return;
  const others = [...heard].toSorted().map((name) => JSON.stringify(name));
  const instead = others.length === 0 ? '' : ` (heard: ${others.join(', ')})`;
  throw new CommandExit(
    EXIT_CODES.failed,
    `replica ${JSON.stringify(replica)} was not heard in the last ${HEARD_WITHIN_MS / 1000} s${instead}; --force does it all the same`,
  );
}

/** The replicas of a cluster that sent something. */
async function heardSince(
  log: CommandLog,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  { id, sinceMs }: { readonly id: string; readonly sinceMs: number },
): Promise<ReadonlySet<string>> {
  const from = await log.offsetAt(topic, partition, sinceMs);
  const { end } = await log.bounds(topic, partition);
  const heard = new Set<string>();
  for await (const { records } of log.read({ topic, partition, from, until: end })) {
    for (const record of records) {
      const sender = senderOf(record);
      if (sender?.id === id) heard.add(sender.replica);
    }
  }
  return heard;
}

/** Who a record of samples, or a heartbeat, is of. */
function senderOf(record: LogRecord): { readonly id: string; readonly replica: string } | undefined {
  const body = decodeSamplesHeaders(record.headers);
  if (body.ok) {
    const { tenant, pair } = body.headers;
    return pair && { id: clusterId(tenant, pair.cluster), replica: pair.replica };
  }
  const beat = heartbeatRecord.decode(record);
  return beat.ok ? { id: clusterId(beat.value.tenant, beat.value.cluster), replica: beat.value.replica } : undefined;
}

async function outcomeOf(
  log: CommandLog,
  source: { readonly topic: string; readonly partition: number; readonly from: number },
  { id }: Command,
  timeoutMs: number,
): Promise<Command | undefined> {
  for await (const { records } of log.read({ ...source, signal: AbortSignal.timeout(timeoutMs) })) {
    for (const record of records) {
      const decoded = commandRecord.decode(record);
      if (decoded.ok && decoded.value.id === id) return decoded.value;
    }
  }
  return undefined;
}
