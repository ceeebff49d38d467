import { describe, expect, it } from '@jest/globals';
import { fingerprintOf, SeriesTable } from '@tandem/series';
import fc from 'fast-check';
import { observe, rewrite } from '../src/index.ts';
import { bytesOf, protocol, request, type RequestModel, type SeriesModel } from './arbitraries.ts';
import { expectOk } from './expect-ok.ts';
import { readBack, timesOf } from './oracle.ts';

const REPLICA = '__replica__';

/** Times by series, as a table should have them. */
class Newest {
  readonly #times = new Map<string, number>();

  advance(series: SeriesModel, time: number): boolean {
    const labels = series.labels.filter(([name, value]) => name !== REPLICA && value !== '');
    const key = JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
    if (time <= (this.#times.get(key) ?? -Infinity)) return false;
    this.#times.set(key, time);
    return true;
  }

  /** The request as it should be after rewriting; items are asked for in the order of the bytes. */
  rewritten(version: 'v1' | 'v2', model: RequestModel): RequestModel {
    const series = model.series.map((one) => {
      const keep = <T extends { readonly timestamp: number }>(items: readonly T[]): readonly T[] =>
        items.filter((item) => this.advance(one, item.timestamp));
      const samples = keep(one.samples);
      const histograms = keep(one.histograms);
      return { ...one, labels: one.labels.filter(([name]) => name !== REPLICA), samples, histograms };
    });
    const worthKeeping = (one: SeriesModel, index: number): boolean => {
      const came = model.series[index];
      const hadItems = came !== undefined && timesOf(came).length > 0;
      return timesOf(one).length + one.exemplars.length > 0 || (!hadItems && one.metadata !== undefined);
    };
    return { series: series.filter(worthKeeping), families: version === 'v1' ? model.families : [] };
  }
}

const count = (model: RequestModel): number => model.series.reduce((sum, one) => sum + timesOf(one).length, 0);

describe('rewriting', () => {
  it('takes the replica label and repeated samples out, and leaves all else as it was', () => {
    fc.assert(
      fc.property(protocol, fc.array(request, { maxLength: 3 }), (version, models) => {
        const series = new SeriesTable();
        const newest = new Newest();
        for (const model of models) {
          const bytes = bytesOf(version, model);
          const carried = readBack(version, bytes);
          const expected = newest.rewritten(version, carried);
          const result = expectOk(rewrite(version, bytes, { replicaLabel: REPLICA, series }));
          expect(readBack(version, result.body)).toEqual(expected);
          const times = expected.series.flatMap(timesOf);
          expect(result).toMatchObject({
            keptSeries: expected.series.length,
            keptSamples: times.length,
            droppedSamples: count(carried) - times.length,
            minTimestampMs: times.length === 0 ? undefined : Math.min(...times),
            maxTimestampMs: times.length === 0 ? undefined : Math.max(...times),
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  it('says when nothing was changed, and then is the input', () => {
    fc.assert(
      fc.property(protocol, request, (version, model) => {
        const bytes = bytesOf(version, model);
        const { body, changed } = expectOk(rewrite(version, bytes.slice(), { replicaLabel: REPLICA }));
        expect(Buffer.compare(body, bytes) === 0 || body.length === 0).toBe(!changed || body.length === 0);
        const again = expectOk(rewrite(version, body.slice(), { replicaLabel: REPLICA }));
        expect(again.changed).toBe(false);
        expect(again.body).toEqual(body);
      }),
    );
  });

  it('admits nothing of a request that was rewritten or observed before', () => {
    fc.assert(
      fc.property(protocol, protocol, request, (version, other, model) => {
        const series = new SeriesTable();
        const bytes = bytesOf(version, model);
        const { samples } = expectOk(observe(version, bytes, { replicaLabel: REPLICA, series }));
        expect(samples).toBe(count(model));
        const repeated = expectOk(rewrite(other, bytesOf(other, model), { replicaLabel: REPLICA, series }));
        expect(repeated).toMatchObject({ keptSamples: 0, droppedSamples: samples });
      }),
    );
  });
});

describe('the fingerprint on the wire', () => {
  it('is that of the labels, in 1.0 as in 2.0', () => {
    fc.assert(
      fc.property(protocol, request, (version, model) => {
        const seen = new Set<string>();
        const series = { advance: (high: number, low: number) => Boolean(seen.add(`${high} ${low}`)) };
        expectOk(observe(version, bytesOf(version, model), { replicaLabel: REPLICA, series }));
        const expected = model.series
          .filter((one) => timesOf(one).length > 0)
          .map(({ labels }) =>
            fingerprintOf(
              labels.map(([name, value]) => ({ name, value })),
              REPLICA,
            ),
          );
        expect(seen).toEqual(new Set(expected.map(({ high, low }) => `${high} ${low}`)));
      }),
    );
  });
});
