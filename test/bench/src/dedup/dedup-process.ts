import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedLog } from '@tandem/log-embedded';
import { topicName, topicSettings, type Log } from '@tandem/stream';
import { launchTandem, until, type TandemPeer } from '@tandem/testing';
import { pin } from '../measure/pin.ts';
import { PARTITIONS, PREFIX } from './fill.ts';

const GROUP = `${PREFIX}dedup`;
const SAMPLES = topicName(PREFIX, 'samples');

/** Beside what is configured, everything is as by default. */
const CONFIG = `stream: { driver: embedded, partitions: ${PARTITIONS} }\nstorage: { path: data }\n`;

/** The log of a data directory of Tandem, with all topics; `now` is for append times. */
export async function openLogOf(dir: string, now?: () => number): Promise<Log> {
  const log = await openEmbeddedLog({ path: join(dir, 'data', 'log'), ...(now === undefined ? {} : { now }) });
  await log.createTopics(topicSettings({ prefix: PREFIX, partitions: PARTITIONS }));
  return log;
}

/** A running `tandem dedup`, on the core of what is measured. */
export async function launchDedup(dir: string, config = ''): Promise<TandemPeer> {
  const peer = await launchTandem({ command: 'dedup', config: CONFIG + config, dir });
  await pin('server', peer.process.pid);
  return peer;
}

/** How many records of `samples` dedup has committed, of all partitions. */
export async function committedRecords(log: Log): Promise<number> {
  const positions = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, partition) => log.committed(GROUP, SAMPLES, partition)),
  );
  return positions.reduce((sum: number, position) => sum + (position ?? 0), 0);
}

/** Waits until so many records are committed. */
export function untilCommitted(peer: TandemPeer, log: Log, records: number): Promise<unknown> {
  return until(async () => (await committedRecords(log)) >= records, {
    what: `${records} records that dedup is done with`,
    timeoutMs: 120_000,
    intervalMs: 2,
    detail: () => peer.process.output.tail(),
    giveUp: () => (peer.process.running ? undefined : 'it has ended'),
  });
}

/** Adds up what a metric says in all its series; 0 where there is none. */
export async function metricOf(peer: TandemPeer, name: string): Promise<number> {
  const response = await fetch(`${peer.url}/metrics`, { signal: AbortSignal.timeout(10_000) });
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith(name));
  const own = lines.filter((line) => line[name.length] === ' ' || line[name.length] === '{');
  return own.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** The anonymous part of a process's resident memory, bytes: what is its own, without mapped files. */
export async function anonymousMemoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
