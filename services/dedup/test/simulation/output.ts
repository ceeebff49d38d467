import { decodeDedupedHeaders, electionRecord, isWatermark, type Election } from '@tandem/records';
import { decode, decompress } from '@tandem/remote-write';

import { T0, TOPICS } from '../pipeline.ts';
import { type SimulatedStorage } from '../simulated-log.ts';

/** A sample that came out. */
export interface Out {
  /** `name{target}`. */
  readonly series: string;
  /** ms since the world began. */
  readonly stampMs: number;
  readonly value: number;
  readonly stale: boolean;
  /** 0: of no pair. */
  readonly epoch: number;
  readonly sourceOffset: number;
  /** Filled: offset at which the fill's term began. */
  readonly fill: number | undefined;
  /** Whether its record says that it is out of order. */
  readonly outOfOrder: boolean;
  /** All labels, as they went on. */
  readonly labels: string;
}

/** What came out of a run, by record key. */
export interface Output {
  readonly samples: ReadonlyMap<string, readonly Out[]>;
  readonly elections: ReadonlyMap<string, readonly Election[]>;
  readonly rejects: number;
}

/** The text of a key. */
export function keyTextOf(key: Uint8Array | null): string {
  return Buffer.from(key ?? []).toString('utf8');
}

/** Reads what a run has written. */
export function outputOf(storage: SimulatedStorage): Output {
  const samples = new Map<string, Out[]>();
  const elections = new Map<string, Election[]>();
  let rejects = 0;
  for (let partition = 0; partition < storage.partitions; partition++) {
    rejects += storage.records(TOPICS.rejects, partition).length;
    for (const record of storage.records(TOPICS.deduped, partition)) {
      if (isWatermark(record.headers)) continue;
      const key = keyTextOf(record.key);
      samples.set(key, samples.get(key) ?? []);
      samples.get(key)?.push(...samplesOf(record));
    }
    for (const record of storage.records(TOPICS.elections, partition)) {
      const decoded = electionRecord.decode(record);
      if (!decoded.ok) throw new Error(`cannot read an election: ${decoded.problem}`);
      const key = keyTextOf(record.key);
      elections.set(key, [...(elections.get(key) ?? []), decoded.value]);
    }
  }
  return { samples, elections, rejects };
}

/** The samples of a record of `deduped`, in order. */
export function samplesOf(record: ReturnType<SimulatedStorage['records']>[number]): readonly Out[] {
  const headers = decodeDedupedHeaders(record.headers);
  if (!headers.ok || record.value === null) throw new Error(headers.ok ? 'no value' : headers.problem);
  const { protocol, epoch = 0, sourceOffset, fill, outOfOrder = false } = headers.headers;
  const body = decompress(record.value, 1_000_000);
  const decoded = body.ok ? decode(protocol === '1.0' ? 'v1' : 'v2', body.data) : body;
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.series.flatMap(({ labels, samples }) => {
    const valueOf = (label: string): string => labels.find(({ name }) => name === label)?.value ?? '';
    const series = `${valueOf('__name__')}{${valueOf('job')}}`;
    const text = labelText(labels);
    return samples.map(({ timestampMs, value, stale }) => ({
      ...{ series, stampMs: timestampMs - T0, value, stale, epoch, sourceOffset, fill, outOfOrder },
      labels: text,
    }));
  });
}

/** Labels as one text. */
export function labelText(labels: readonly { readonly name: string; readonly value: string }[]): string {
  return labels.map(({ name, value }) => `${name}="${value}"`).join(',');
}

/**
 * What a topic holds by key, in order: without offsets, which the holes between transactions decide, and without
 * watermarks and `high-ts`, which are of the whole partition (S4).
 */
export function bytesByKey(storage: SimulatedStorage, topic: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (let partition = 0; partition < storage.partitions; partition++) {
    for (const { key, value, headers } of storage.records(topic, partition)) {
      if (isWatermark(headers)) continue;
      const own = Object.entries(headers).filter(([header]) => header !== 'high-ts' && header !== 'watermark');
      const name = keyTextOf(key);
      found.set(name, found.get(name) ?? []);
      found.get(name)?.push(`${JSON.stringify(own)} ${Buffer.from(value ?? []).toString('base64')}`);
    }
  }
  return found;
}
