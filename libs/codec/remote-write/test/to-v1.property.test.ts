import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toV1 } from '../src/index.ts';
import { integer, message, request as requestOf, text } from './bytes.ts';
import { bytesOf, request, type SeriesModel } from './arbitraries.ts';
import { expectOk } from './expect-ok.ts';
import { readBack, timesOf } from './oracle.ts';

const CUSTOM_BUCKETS = -53;

/** What 1.0 can carry of a series. */
function inV1(series: SeriesModel): SeriesModel {
  return {
    ...series,
    metadata: undefined,
    samples: series.samples.map((sample) => ({ ...sample, startTimestamp: 0 })),
    histograms: series.histograms
      .filter(({ schema }) => schema !== CUSTOM_BUCKETS)
      .map((histogram) => ({ ...histogram, startTimestamp: 0 })),
  };
}

describe('2.0 as 1.0', () => {
  it('is refused where a small request would become a very large one', () => {
    const symbols = [text(4, ''), text(4, 'x'.repeat(10_000))];
    const bytes = requestOf(
      ...symbols,
      message(5, message(1, Array<number>(20_000).fill(1)), message(2, integer(2, 1))),
    );
    expect(toV1(bytes)).toMatchObject({ ok: false, problem: { code: 'too-large' } });
  });

  it('is the same but for metadata, start timestamps and custom buckets', () => {
    fc.assert(
      fc.property(request, (model) => {
        const expected = model.series.map(inV1).filter((one) => timesOf(one).length + one.exemplars.length > 0);
        const { body, ...counts } = expectOk(toV1(bytesOf('v2', model)));
        expect(readBack('v1', body)).toEqual({ series: expected, families: [] });
        const sum = (of: (series: SeriesModel) => number): number => expected.reduce((all, one) => all + of(one), 0);
        expect(counts).toEqual({
          ok: true,
          series: expected.length,
          samples: sum((one) => one.samples.length),
          histograms: sum((one) => one.histograms.length),
          exemplars: sum((one) => one.exemplars.length),
          droppedHistograms: model.series
            .flatMap(({ histograms }) => histograms)
            .filter(({ schema }) => schema === CUSTOM_BUCKETS).length,
        });
      }),
      { numRuns: 100 },
    );
  });
});
