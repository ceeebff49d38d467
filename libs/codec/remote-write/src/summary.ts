import { type Failure } from './problem.ts';

/** The labels that say which copy a series is; the defaults of the HA tracker are `cluster` and `__replica__`. */
export interface IdentityLabels {
  readonly clusterLabel: string;
  readonly replicaLabel: string;
}

/**
 * Whose series a request carries. `uniform`: all of them have the same cluster and the same replica; `undefined` where
 * none has the label (or has it empty). A request without series is uniform, of neither.
 */
export type Identity =
  | { readonly kind: 'uniform'; readonly cluster: string | undefined; readonly replica: string | undefined }
  | { readonly kind: 'mixed' };

/** What one walk over a request finds. */
export interface Summary {
  readonly series: number;
  /** Float samples. */
  readonly samples: number;
  /** Native histogram samples. */
  readonly histograms: number;
  readonly exemplars: number;
  /** 1.0: metadata records of the request; 2.0: series that carry metadata. */
  readonly metadata: number;
  /** Oldest timestamp of samples and histograms, Unix ms; `undefined` when there are none. */
  readonly minTimestampMs: number | undefined;
  /** Newest timestamp of samples and histograms, Unix ms; `undefined` when there are none. */
  readonly maxTimestampMs: number | undefined;
  readonly identity: Identity;
  /** Hashes (16 hexadecimal digits) of the job and instance of each target with an `up` sample of 0; at most 64. */
  readonly downTargets: readonly string[];
  /** Samples of `up`, and those of them that are 0. */
  readonly upSamples: number;
  readonly downSamples: number;
}

/** What a scan says. */
export type ScanResult = { readonly ok: true; readonly summary: Summary } | Failure;
