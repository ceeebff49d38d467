import { compress, inflate, rewrite, type Protocol } from '@tandem/remote-write';
import { SeriesTable } from '@tandem/series';
import { WORKLOADS, type WorkloadId } from '../ingest/workloads.ts';
import { type Recording } from './record-bodies.ts';

/** What is done to a body inside dedup, measured apart in this process; CPU seconds per million samples. */
export interface BodyCost {
  readonly workload: WorkloadId;
  readonly inflate: number;
  /** Replica label and repeats out, with a table of series. */
  readonly rewrite: number;
  readonly deflate: number;
  readonly rawBytesPerSample: number;
  readonly snappyBytesPerSample: number;
}

const MAX_BYTES = 64 * 1_048_576;
const ROUNDS = 9;

/** Measures inflating, rewriting and deflating the bodies of a recording, each by itself. */
export function bodyCost(recording: Recording, workload: WorkloadId): BodyCost {
  const protocol: Protocol = WORKLOADS.find(({ id }) => id === workload)?.protocol ?? 'v1';
  const bodies = recording.bodies(workload);
  const samples = bodies.reduce((sum, body) => sum + body.samples, 0);
  const blocks = bodies.map(({ raw }) => compress(raw));
  const rewritten = bodies.map(
    ({ raw }) => need(rewrite(protocol, Uint8Array.from(raw), { replicaLabel: '__replica__' })).body,
  );
  const inflating = medianOf(() => {
    for (const block of blocks) need(inflate(block, MAX_BYTES, () => undefined));
  });
  const both = medianOf(() => {
    const series = new SeriesTable({ capacity: 100_000 });
    for (const block of blocks) {
      need(inflate(block, MAX_BYTES, (data) => need(rewrite(protocol, data, { replicaLabel: '__replica__', series }))));
    }
  });
  const deflating = medianOf(() => {
    for (const body of rewritten) compress(body);
  });
  const bytes = (sizes: readonly Uint8Array[]): number => sizes.reduce((sum, { length }) => sum + length, 0) / samples;
  const perMillion = (seconds: number): number => (seconds * 1e6) / samples;
  return {
    workload,
    inflate: perMillion(inflating),
    rewrite: perMillion(both - inflating),
    deflate: perMillion(deflating),
    rawBytesPerSample: bytes(bodies.map(({ raw }) => raw)),
    snappyBytesPerSample: bytes(blocks),
  };
}

/** CPU seconds of the median of some rounds, after as many that do not count. */
function medianOf(work: () => void): number {
  const times: number[] = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    if (round >= ROUNDS) times.push((user + system) / 1e6);
  }
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
}

function need<T extends { readonly ok: boolean }>(result: T): Extract<T, { readonly ok: true }> {
  if (!result.ok) throw new Error('a recorded body cannot be read');
  return result as Extract<T, { readonly ok: true }>;
}
