import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { canPin } from './pin.ts';

/** Where something was measured. */
export interface Environment {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** System and kernel: `linux 6.1.0`. */
  readonly kernel: string;
  readonly node: string;
  /** Whether measured programs were pinned to one core and their load to another. */
  readonly pinned: boolean;
}

/** Describes this machine. */
export async function describeEnvironment(): Promise<Environment> {
  return {
    measuredAt: new Date().toISOString(),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: `${process.platform} ${release()}`,
    node: process.versions.node,
    pinned: await canPin(),
  };
}
