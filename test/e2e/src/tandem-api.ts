import { type ClusterStatus, type DedupStatus } from '@tandem/tandem';

import { getJson } from './query.ts';

/** What dedup says of itself at `/api/v1/ha/clusters`. */
export async function dedupStatus(url: string): Promise<DedupStatus> {
  return (await getJson(`${url}/api/v1/ha/clusters`)) as DedupStatus;
}

/** What dedup says of one cluster; `undefined` before it was heard. */
export async function clusterStatus(url: string, cluster: string): Promise<ClusterStatus | undefined> {
  return (await dedupStatus(url)).clusters.find((status) => status.cluster === cluster);
}

/** The sum of a metric's samples whose labels include all of these; 0 without any. */
export async function metric(
  url: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((pair) => line.includes(pair)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
