import { describe, expect, it } from '@jest/globals';
import { SeriesTable } from '@tandem/series';
import fc from 'fast-check';
import { encode, observe, rewrite, type Protocol, type SeriesTracker } from '../src/index.ts';
import { bytesOf, damaged, protocol, request } from './arbitraries.ts';
import { expectOk } from './expect-ok.ts';

const NOW = 1_764_000_000_000;

/** Says no to some samples, by who they are and when: as a table that has seen some of them. */
const table = (step: number): Pick<SeriesTracker, 'advance'> => {
  const series = new SeriesTable();
  return {
    advance: (high, low, timestampMs) => (low + timestampMs) % step !== 0 && series.advance(high, low, timestampMs),
  };
};

/** The same tracker, asked about each sample and about lists of them. */
function each(step: number): SeriesTracker {
  const series = table(step);
  return { advance: (...sample) => series.advance(...sample) };
}

function listed(step: number): SeriesTracker {
  const one = each(step);
  const view = {} as Parameters<SeriesTracker['advance']>[3];
  return {
    ...one,
    advanceAll: ({ words, doubles, from, length }, drop) => {
      for (let i = from; i < from + length; i++) {
        if (!one.advance(words[i * 4] ?? 0, words[i * 4 + 1] ?? 0, doubles[i * 2 + 1] ?? 0, view)) drop(i - from);
      }
    },
  };
}

const options = fc.record({
  replicaLabel: fc.constantFrom('__replica__', 'cluster', null),
  onlyKept: fc.boolean(),
  step: fc.constantFrom(1, 2, 3, 1e9),
});

interface Options {
  readonly replicaLabel: string | null;
  readonly onlyKept: boolean;
  readonly step: number;
}

/** What a rewrite gives: bytes and counts. */
function rewritten(
  version: Protocol,
  bytes: Uint8Array,
  { step, ...how }: Options,
  series: (step: number) => SeriesTracker,
): unknown {
  const result = rewrite(version, bytes.slice(), { ...how, series: series(step) });
  return result.ok ? { ...result, body: Buffer.from(result.body).toString('hex') } : result;
}

describe('a tracker that is asked about lists', () => {
  it('makes of a request what one that is asked about each sample does, to the byte', () => {
    fc.assert(
      fc.property(protocol, request, options, (version, model, how) => {
        const bytes = bytesOf(version, model);
        expect(rewritten(version, bytes, how, listed)).toEqual(rewritten(version, bytes, how, each));
      }),
      { numRuns: 300 },
    );
  });

  it('makes the same of a damaged one, or the same problem', () => {
    fc.assert(
      fc.property(damaged, options, ([version, bytes], how) => {
        expect(rewritten(version, bytes, how, listed)).toEqual(rewritten(version, bytes, how, each));
      }),
      { numRuns: 500 },
    );
  });

  it('is shown the same samples in the same order', () => {
    fc.assert(
      fc.property(damaged, ([version, bytes]) => {
        const seen = (of: (note: SeriesTracker['advance']) => SeriesTracker): unknown => {
          const samples: unknown[] = [];
          const tracker = of((high, low, timestampMs) => samples.push([high, low, timestampMs]) > 0);
          const result = observe(version, bytes.slice(), { replicaLabel: '__replica__', series: tracker });
          return result.ok ? { result, samples } : result;
        };
        const asLists = (advance: SeriesTracker['advance']): SeriesTracker => ({
          advance,
          advanceAll: ({ words, doubles, from, length }) => {
            for (let i = from; i < from + length; i++) {
              advance(words[i * 4] ?? 0, words[i * 4 + 1] ?? 0, doubles[i * 2 + 1] ?? 0, {} as never);
            }
          },
        });
        expect(seen(asLists)).toEqual(seen((advance) => ({ advance })));
      }),
      { numRuns: 300 },
    );
  });

  it.each<Protocol>(['v1', 'v2'])('sees all of a request of %s that is longer than a list', (version) => {
    const samplesOf = (series: number): number => (series % 97 === 0 ? 2000 : series % 3);
    const input = Array.from({ length: 2000 }, (_, i) => ({
      labels: [
        { name: '__name__', value: `metric_${i % 7}` },
        { name: '__replica__', value: 'a' },
        { name: 'pod', value: `pod-${i}` },
      ],
      samples: Array.from({ length: samplesOf(i) }, (_none, n) => ({ value: n, timestampMs: NOW + n })),
    }));
    const bytes = encode(version, input);
    for (const step of [1e9, 5]) {
      const how = { replicaLabel: '__replica__', onlyKept: false, step };
      expect(rewritten(version, bytes, how, listed)).toEqual(rewritten(version, bytes, how, each));
    }
    const series = new SeriesTable();
    expect(expectOk(rewrite(version, bytes.slice(), { replicaLabel: '__replica__', series })).droppedSamples).toBe(0);
    expect(expectOk(rewrite(version, bytes.slice(), { replicaLabel: '__replica__', series })).keptSamples).toBe(0);
  });
});
