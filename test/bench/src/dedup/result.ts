import { type Environment } from '../measure/environment.ts';
import { type CatchUpRun } from './catch-up.ts';
import { type MemoryRun } from './memory.ts';
import { type BodyCost } from './snappy-share.ts';
import { type ThroughputRun } from './throughput.ts';

/** Everything one run of the benchmark found: what `results/dedup.json` holds. */
export interface DedupResult {
  readonly benchmark: 'dedup';
  readonly environment: Environment;
  readonly settings: { readonly rounds: number; readonly samplesPerRun: number; readonly seed: number };
  readonly recording: {
    readonly prometheus: string;
    readonly series: number;
    readonly scrapes: number;
  };
  readonly bodies: readonly BodyCost[];
  readonly throughput: readonly (ThroughputRun & { readonly round: number })[];
  readonly memory: readonly MemoryRun[];
  readonly catchUp: readonly CatchUpRun[];
}
