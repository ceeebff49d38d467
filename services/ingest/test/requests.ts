import { compress, encode, type Protocol, type SeriesInput } from '@tandem/remote-write';

import { type PlanSettings } from '../src/settings.ts';

export const SETTINGS: PlanSettings = {
  topic: 'tandem.samples',
  heartbeatsTopic: 'tandem.heartbeats',
  spread: [],
  shardsOf: () => 1,
  partitions: 4,
  clusterLabel: 'cluster',
  replicaLabel: '__replica__',
  tenantHeader: 'x-scope-orgid',
  defaultTenant: 'anonymous',
  maxBodyBytes: 1 << 20,
  maxDecodedBytes: 1 << 22,
  maxRecordBytes: 1 << 16,
  maxFutureMs: 600_000,
  retryAfterSeconds: 5,
};

export const T0 = 1_700_000_000_000;

export interface SeriesSpec {
  readonly name?: string;
  readonly cluster?: string;
  readonly replica?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number;
  readonly timestampMs?: number;
}

export function series(spec: SeriesSpec): SeriesInput {
  const labels: Record<string, string> = {
    __name__: spec.name ?? 'm',
    ...(spec.cluster === undefined ? {} : { cluster: spec.cluster }),
    ...(spec.replica === undefined ? {} : { __replica__: spec.replica }),
    ...spec.labels,
  };
  return {
    labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
    samples: [{ value: spec.value ?? 1, timestampMs: spec.timestampMs ?? T0 }],
  };
}

export function body(specs: readonly SeriesSpec[], protocol: Protocol = 'v1'): Uint8Array {
  return compress(encode(protocol, specs.map(series)));
}
