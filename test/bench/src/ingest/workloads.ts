import { type Protocol } from '@tandem/remote-write';
import { type BodySpec } from '../bodies/bodies.ts';

/** A kind of request bodies. */
export interface Workload {
  /** Short: `1.0/500`. */
  readonly id: string;
  readonly protocol: Protocol;
  /** Samples of one body. */
  readonly samples: number;
}

/** What is sent: the size Prometheus sends under load by default, and one four times as large. */
export const WORKLOADS = [
  { id: '1.0/500', protocol: 'v1', samples: 500 },
  { id: '1.0/2000', protocol: 'v1', samples: 2000 },
  { id: '2.0/500', protocol: 'v2', samples: 500 },
  { id: '2.0/2000', protocol: 'v2', samples: 2000 },
] as const satisfies readonly Workload[];

/** One of them. */
export type WorkloadId = (typeof WORKLOADS)[number]['id'];

const BODIES = 64;

/** The bodies of a workload: all subjects get the same bytes. */
export function bodiesOf(workload: Workload, origin: Pick<BodySpec, 'seed' | 'startMs'>): BodySpec {
  const { seed, startMs } = origin;
  return { protocol: workload.protocol, samples: workload.samples, count: BODIES, seed, startMs };
}
