import { type Findings } from '../findings.ts';
import { type Out } from '../output.ts';
import { type Cluster } from '../world.ts';
import { type ShardRun } from './check-shards.ts';

/** Where a series went over to the standby, or back. */
interface Crossing {
  readonly target: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * P14: series of a target that leave one replica with the same scrape go on with the same one of the other. Told of only: shards
 * of the senders may be seconds apart, and counters may be held back.
 */
export function checkFillPlaces({ name = '' }: Cluster, shards: readonly ShardRun[], findings: Findings): void {
  const places = new Map<string, { readonly toMs: Set<number>; readonly shards: Set<number> }>();
  for (const { shard, views } of shards) {
    for (const { target, fromMs, toMs } of views.flatMap(({ outs }) => crossingsOf(outs))) {
      const place = `${name} ${target} ${fromMs}`;
      const known = places.get(place) ?? { toMs: new Set(), shards: new Set() };
      known.toMs.add(toMs);
      known.shards.add(shard);
      places.set(place, known);
    }
  }
  for (const { toMs, shards: told } of places.values()) {
    const where = toMs.size === 1 ? 'one scrape' : 'different scrapes';
    if (told.size > 1) findings.count(`targets that are filled, over in several shards at ${where}`);
  }
}

function crossingsOf(outs: readonly Out[]): readonly Crossing[] {
  const last = new Map<string, Out>();
  return outs.flatMap((out) => {
    const before = last.get(out.series);
    last.set(out.series, out);
    const isCrossing = before !== undefined && (before.fill === undefined) !== (out.fill === undefined);
    if (!isCrossing || before.stale || out.stale) return [];
    const target = out.series.slice(out.series.indexOf('{'));
    return [{ target, fromMs: before.stampMs, toMs: out.stampMs }];
  });
}
