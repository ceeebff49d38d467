import { type DedupedHeaders } from '@tandem/records';

import { type Sample } from '../samples.ts';
import { type Delivery } from '../stage/receiver.ts';
import { type Opened } from './contents.ts';
import { type Findings } from './findings.ts';

/** What the deliveries were. */
export interface DeliverySummary {
  /** Times at which a partition went back further than to the record it was at. */
  readonly rewinds: number;
}

/** A record of `deduped` by its place among those of its partition. */
interface Indexed {
  readonly partition: number;
  readonly index: number;
  readonly text: string;
}

/**
 * Every record of `deduped` has arrived, whole. A record is sent for the first time only when the target has all
 * records before it in the partition: so a series goes back only where whole requests are sent again.
 */
export function auditDelivery(
  deliveries: readonly Delivery[],
  deduped: readonly Opened<DedupedHeaders>[],
  findings: Findings,
): DeliverySummary {
  const byFirst = indexOf(deduped);
  const next = new Map<number, number>();
  const last = new Map<number, number>();
  let rewinds = 0;
  for (const { samples } of deliveries) {
    const record = byFirst.get(keyOf(samples[0]));
    if (record?.text !== textOf(samples)) {
      findings.add('delivered, not as it is in deduped', keyOf(samples[0]));
      continue;
    }
    const { partition, index } = record;
    const wanted = next.get(partition) ?? 0;
    if (index > wanted)
      findings.add('delivered before what precedes it', `${keyOf(samples[0])}, partition ${partition}`);
    if (index < (last.get(partition) ?? 0)) rewinds++;
    last.set(partition, index);
    next.set(partition, Math.max(wanted, index + 1));
  }
  auditArrival(byFirst, next, findings);
  return { rewinds };
}

/** `next`: for each partition the first record that was not delivered. */
function auditArrival(
  byFirst: ReadonlyMap<string, Indexed>,
  next: ReadonlyMap<number, number>,
  findings: Findings,
): void {
  for (const [first, { partition, index }] of byFirst) {
    if (index >= (next.get(partition) ?? 0)) findings.add('never delivered', `${first}, partition ${partition}`);
  }
}

function indexOf(deduped: readonly Opened<DedupedHeaders>[]): ReadonlyMap<string, Indexed> {
  const lengths = new Map<number, number>();
  return new Map(
    deduped.map(({ partition, samples }) => {
      const index = lengths.get(partition) ?? 0;
      lengths.set(partition, index + 1);
      return [keyOf(samples[0]), { partition, index, text: textOf(samples) }];
    }),
  );
}

function keyOf(sample: Sample | undefined): string {
  return sample === undefined ? 'nothing' : `${sample.series}@${sample.timestampMs}`;
}

function textOf(samples: readonly Sample[]): string {
  return samples
    .map(({ series, replica, timestampMs, value }) => `${series}${replica}@${timestampMs}=${value}`)
    .join(' ');
}
