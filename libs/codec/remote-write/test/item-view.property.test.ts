import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { observe, rewrite, type ItemView, type Protocol, type SeriesTracker } from '../src/index.ts';
import { protocol } from './arbitraries.ts';
import { expectOk } from './expect-ok.ts';
import { prometheus as v1 } from './generated/remote-write-v1.js';
import { io } from './generated/remote-write-v2.js';
import { STALE_STANDIN, withStaleMarkers } from './stale-bits.ts';

const v2 = io.prometheus.write.v2;
const REPLICA = '__replica__';
const GAUGE_HINT = 3;

/** What a view said, read at once. */
type Seen = Pick<ItemView, 'value' | 'stale' | 'monotonic'>;

interface HistogramModel {
  readonly count: { readonly int: bigint } | { readonly float: number } | undefined;
  readonly sum: number;
  readonly resetHint: number;
}

interface SeriesModel {
  readonly name: string;
  readonly type: number;
  readonly samples: readonly number[];
  readonly histograms: readonly HistogramModel[];
}

const double = fc.oneof(fc.constantFrom(0, -0, 1, NaN, Infinity, STALE_STANDIN), fc.double());
const histogram: fc.Arbitrary<HistogramModel> = fc.record({
  count: fc.option(
    fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((int) => ({ int })),
      fc.constantFrom(0n, 127n, 128n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n).map((int) => ({ int })),
      double.map((float) => ({ float })),
    ),
    { nil: undefined },
  ),
  sum: double,
  resetHint: fc.nat(4),
});
const COUNTERS = ['a_total', 'a_count', 'a_sum', 'a_bucket', '_sum'];
const series: fc.Arbitrary<SeriesModel> = fc.record({
  name: fc.constantFrom(...COUNTERS, 'a', 'a_gsum', 'a_gcount', 'a_total_bytes', 'total', 'sum', ''),
  type: fc.nat(9),
  samples: fc.array(double, { maxLength: 3 }),
  histograms: fc.array(histogram, { maxLength: 2 }),
});

const labelsOf = (model: SeriesModel): (readonly [string, string])[] => [
  ['__name__', model.name],
  [REPLICA, 'a'],
  ['job', 'api_total'],
];

/** In the terms of protobufjs. */
function itemsOf(model: SeriesModel): object {
  return {
    samples: model.samples.map((value) => ({ value, timestamp: 1 })),
    histograms: model.histograms.map(({ count, sum, resetHint }) => ({ ...countOf(count), sum, resetHint })),
  };
}

function countOf(count: HistogramModel['count']): object {
  if (count === undefined) return {};
  if ('float' in count) return { countFloat: count.float };
  return { countInt: { low: Number(BigInt.asIntN(32, count.int)), high: Number(count.int >> 32n), unsigned: true } };
}

function bytesV1(models: readonly SeriesModel[]): Uint8Array {
  const timeseries = models.map((model) => ({
    labels: labelsOf(model).map(([name, value]) => ({ name, value })),
    ...itemsOf(model),
  }));
  return v1.WriteRequest.encode({ timeseries }).finish();
}

/** The symbols come between the series, after so many of them: legal, but no writer does it. */
function bytesV2(models: readonly SeriesModel[], symbolsAfter: number): Uint8Array {
  const symbols = [''];
  const intern = (symbol: string): number => {
    const known = symbols.indexOf(symbol);
    return known >= 0 ? known : symbols.push(symbol) - 1;
  };
  const all = models.map((model) => ({
    labelsRefs: labelsOf(model).flat().map(intern),
    ...itemsOf(model),
    ...(model.type === 0 ? {} : { metadata: { type: model.type } }),
  }));
  const parts = [{ timeseries: all.slice(0, symbolsAfter) }, { symbols }, { timeseries: all.slice(symbolsAfter) }];
  return Buffer.concat(parts.map((part) => v2.Request.encode(part).finish()));
}

function isCounter(version: Protocol, { name, type }: SeriesModel): boolean {
  const byName = COUNTERS.includes(name);
  if (version === 'v1') return byName;
  return [byName, true, false, true, false, byName, false, false][type] ?? byName;
}

function expected(version: Protocol, model: SeriesModel): Seen[] {
  const samples = model.samples.map((value) => {
    const stale = value === STALE_STANDIN;
    return { value: stale ? NaN : value, stale, monotonic: isCounter(version, model) };
  });
  const histograms = model.histograms.map(({ count, sum, resetHint }) => {
    const stale = sum === STALE_STANDIN;
    const told = count === undefined ? 0 : 'int' in count ? Number(count.int) : count.float;
    // As a count the stand-in is a marker's bits too, and so a NaN.
    const value = stale || told === STALE_STANDIN ? NaN : told;
    return { value, stale, monotonic: resetHint !== GAUGE_HINT };
  });
  return [...samples, ...histograms];
}

/** Reads each item, some of it twice, and says by turns what `verdicts` has. */
function reader(verdicts: readonly boolean[]): SeriesTracker & { readonly seen: Seen[] } {
  const seen: Seen[] = [];
  const advance = (_high: number, _low: number, _timestampMs: number, item: ItemView): boolean => {
    const { monotonic, value, stale } = item;
    seen.push({ value, stale, monotonic });
    expect([item.stale, item.value]).toEqual([stale, value]);
    return verdicts[seen.length % verdicts.length] ?? true;
  };
  return { seen, advance };
}

describe('the item a tracker is asked about', () => {
  it('is what the oracle wrote, whatever was dropped and moved before it', () => {
    fc.assert(
      fc.property(
        protocol,
        fc.array(series, { maxLength: 5 }),
        fc.nat(5),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
        (version, models, symbolsAfter, verdicts) => {
          const bytes = withStaleMarkers(version === 'v1' ? bytesV1(models) : bytesV2(models, symbolsAfter));
          const all = models.flatMap((model) => expected(version, model));
          const observing = reader(verdicts);
          expectOk(observe(version, bytes, { replicaLabel: REPLICA, series: observing }));
          expect(observing.seen).toEqual(all);
          for (const data of [Buffer.from(bytes), Uint8Array.from(bytes)]) {
            const rewriting = reader(verdicts);
            expectOk(rewrite(version, data, { replicaLabel: REPLICA, series: rewriting }));
            expect(rewriting.seen).toEqual(all);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
