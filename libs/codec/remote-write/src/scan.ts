import { toHex } from '@tandem/series';
import { type Protocol } from './protocol.ts';
import { type Identity, type IdentityLabels, type ScanResult, type Summary } from './summary.ts';
import { FLOAT } from './wire/items.ts';
import { TargetOfSeries } from './wire/target.ts';
import { textOf } from './wire/text.ts';
import { type Walker, walkOver } from './wire/walker.ts';

/** More down targets than this are left out of a summary: they travel as a header. */
const MAX_DOWN_TARGETS = 64;

/**
 * Walks over the uncompressed bytes of a request once and sums it up, without an object per series or sample. Checks
 * framing, references to symbols, label texts' UTF-8 and the range of timestamps; labels may come in any order.
 */
export function scan(protocol: Protocol, data: Uint8Array, labels: IdentityLabels): ScanResult {
  return walkOver(protocol, data, { ...labels, checkUtf8: true }, (walker) => {
    const targets = new Targets(walker);
    walker.walk.beginSum();
    // It stands still at each series named `up`.
    while (walker.walk.sum() !== 0) targets.add();
    return { ok: true, summary: summaryOf(walker, targets) };
  });
}

/** What the series of `up` say of the targets that were scraped. */
class Targets {
  readonly #walker: Walker;
  readonly #target: TargetOfSeries;
  readonly down = new Set<string>();
  upSamples = 0;
  downSamples = 0;

  constructor(walker: Walker) {
    this.#walker = walker;
    this.#target = new TargetOfSeries(walker);
  }

  /** Takes note of the series of `up` that the walker stands on. */
  add(): void {
    const { items } = this.#walker.series;
    const { view } = this.#walker.cursor;
    let zeros = 0;
    for (let i = 0; i < items.length; i++) {
      if (items.kind(i) !== FLOAT) continue;
      this.upSamples++;
      const at = items.valueAt(i);
      if (at < 0 || view.getFloat64(at, true) === 0) zeros++;
    }
    this.downSamples += zeros;
    if (zeros > 0 && this.down.size < MAX_DOWN_TARGETS) this.down.add(toHex(this.#target.hash()));
  }
}

function summaryOf(walker: Walker, { down, upSamples, downSamples }: Targets): Summary {
  const samples = walker.field('samples');
  const histograms = walker.field('histograms');
  const timed = samples + histograms > 0;
  return {
    series: walker.field('series'),
    samples,
    histograms,
    exemplars: walker.field('exemplars'),
    metadata: walker.field('metadata'),
    minTimestampMs: timed ? walker.oldestMs : undefined,
    maxTimestampMs: timed ? walker.newestMs : undefined,
    identity: identityOf(walker),
    downTargets: [...down],
    upSamples,
    downSamples,
  };
}

/** Whether all series are of one cluster and replica, and which. */
function identityOf(walker: Walker): Identity {
  if (walker.field('mixed') !== 0) return { kind: 'mixed' };
  const { data } = walker.cursor;
  return {
    kind: 'uniform',
    cluster: valueOf(data, walker.field('clusterFrom'), walker.field('clusterTo')),
    replica: valueOf(data, walker.field('replicaFrom'), walker.field('replicaTo')),
  };
}

/** A label's value; an empty one is none. */
function valueOf(data: Uint8Array, from: number, to: number): string | undefined {
  return from === to ? undefined : textOf(data, from, to);
}
