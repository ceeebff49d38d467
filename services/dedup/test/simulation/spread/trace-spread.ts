import { eventLines, worldLines } from '../trace.ts';
import { shardRuns } from './check-shards.ts';
import { type SpreadSimulation } from './simulate-spread.ts';

/** A run in words, as `traceOf` tells one without spread clusters: its world, what does not hold, and where that was. */
export function traceOfSpread({ world, consumer, run, history, findings }: SpreadSimulation): string {
  const lines = [
    ...worldLines(world),
    ...world.ingests.map((ingest) => `  ingest ${JSON.stringify(ingest)}`),
    `  ${history.sent.length} records, ${history.beats.length} heartbeats, consumer ${JSON.stringify(consumer)}`,
    ...findings.lines(),
  ];
  if (run === undefined) return lines.join('\n');
  const concerned = new Set(findings.violations.map(({ cluster }) => cluster));
  const shards = world.clusters.filter(({ shards }) => shards !== undefined).flatMap((each) => shardRuns(each, run));
  for (const { key, entries, reigns, barriers } of shards) {
    if (!concerned.has(key)) continue;
    const outs = run.output.samples.get(key) ?? [];
    lines.push(`barriers of ${key}:`);
    for (const { barrier, offset, atMs } of barriers)
      lines.push(`  ${offset} at ${atMs / 1000} ${JSON.stringify(barrier)}`);
    lines.push(`events of ${key}:`, ...eventLines({ key, entries, reigns, outs }, findings));
  }
  return lines.join('\n');
}
