import { compress, encode, REQUEST_HEADERS } from '@tandem/remote-write';
import { launchVictoriaMetrics } from '@tandem/testing';

import { type Copy } from '../record/copy.ts';
import { type RecordedRequest, type Recording } from '../record/recording.ts';
import { readStored } from '../stage/stored.ts';

const REPLICA_LABEL = '__replica__';

/**
 * What a VictoriaMetrics shows that was sent both replicas' requests, as they arrived and without the replica label,
 * and deduplicates by `-dedup.minScrapeInterval` of the scrape interval, as its manual says.
 */
export async function victoriaDedup(recording: Recording, cluster: string, intervalMs: number): Promise<Copy> {
  const store = await launchVictoriaMetrics({
    name: `victoria-${cluster}`,
    flags: [`-dedup.minScrapeInterval=${intervalMs}ms`],
  });
  try {
    for (const request of recording.requests) await send(store.writeUrl, bodyOf(recording, request));
    await store.flush();
    return (await readStored(store.url, cluster)).copy;
  } finally {
    await store.stop();
  }
}

function bodyOf({ series }: Recording, request: RecordedRequest): Uint8Array<ArrayBuffer> {
  const samples = request.series.map((number, at) => {
    const labels = Object.entries(series[number]?.labels ?? {}).filter(([name]) => name !== REPLICA_LABEL);
    const value = request.values[at] ?? NaN;
    const sample = { timestampMs: request.timestampsMs[at] ?? 0, value, stale: Number.isNaN(value) };
    return { labels: labels.map(([name, text]) => ({ name, value: text })), samples: [sample] };
  });
  return new Uint8Array(compress(encode('v1', samples)));
}

async function send(url: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  const response = await fetch(url, { method: 'POST', headers: REQUEST_HEADERS.v1, body, signal });
  const text = await response.text();
  if (!response.ok) throw new Error(`cannot write to ${url}: ${response.status} ${text}`);
}
