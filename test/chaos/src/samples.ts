import { decode, decompress, type Protocol } from '@tandem/remote-write';

/** The label that tells replicas apart. */
export const REPLICA_LABEL = '__replica__';
const MAX_DECODED_BYTES = 64 * 1_048_576;

/** One sample, and whose it is. */
export interface Sample {
  /** `cluster/series`; `-/series` where it is of no pair. */
  readonly series: string;
  /** Value of the replica label; empty where there is none. */
  readonly replica: string;
  /** Unix ms. */
  readonly timestampMs: number;
  readonly value: number;
}

/** The series of one sender, as labels. */
export interface Source {
  /** Absent: series of no pair. */
  readonly pair?: { readonly cluster: string; readonly replica: string };
  /** Values of the label `series`. */
  readonly series: readonly string[];
}

/** The name of a series in this test. */
export function seriesName(cluster: string | undefined, series: string): string {
  return `${cluster ?? '-'}/${series}`;
}

/** What tells a sample from all others that are sent. */
export function placeOf({ series, replica, timestampMs }: Sample): string {
  return `${series}{${replica}}@${timestampMs}`;
}

/**
 * The samples of a body in their order.
 *
 * @throws {Error} when it is no body of a request
 */
export function samplesOf(protocol: Protocol, body: Uint8Array): readonly Sample[] {
  const inflated = decompress(body, MAX_DECODED_BYTES);
  if (!inflated.ok) throw new Error(inflated.problem.message);
  const decoded = decode(protocol, inflated.data);
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.series.flatMap(({ labels, samples }) => {
    const named = new Map(labels.map(({ name, value }) => [name, value]));
    const series = seriesName(named.get('cluster'), named.get('series') ?? '');
    const replica = named.get(REPLICA_LABEL) ?? '';
    return samples.map(({ timestampMs, value }) => ({ series, replica, timestampMs, value }));
  });
}
