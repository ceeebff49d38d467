import { type BodyShape } from '../bodies/bodies.ts';
import { type Environment } from '../measure/environment.ts';
import { type RunResult } from './run.ts';
import { type SubjectDescription } from './subject.ts';

/** A run, and the round it was in. */
export interface IngestRun extends RunResult {
  /** From 1. */
  readonly round: number;
}

/** Everything one run of the benchmark found: what `results/ingest.json` holds. */
export interface IngestResult {
  readonly benchmark: 'ingest';
  readonly environment: Environment;
  readonly settings: {
    readonly rounds: number;
    readonly samplesPerRun: number;
    readonly connections: number;
    readonly seed: number;
    readonly startMs: number;
  };
  readonly bodies: readonly (BodyShape & { readonly workload: string; readonly count: number })[];
  readonly broker: { readonly jvm: readonly string[] };
  readonly subjects: readonly SubjectDescription[];
  readonly runs: readonly IngestRun[];
}
