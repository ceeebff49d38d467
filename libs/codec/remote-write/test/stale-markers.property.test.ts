import { describe, expect, it } from '@jest/globals';
import { fingerprintOf } from '@tandem/series';
import fc from 'fast-check';
import { decode, observe, scan, staleMarkers, type Protocol } from '../src/index.ts';
import { bytesOf, protocol, request, type RequestModel, type SeriesModel } from './arbitraries.ts';
import { fixed64, integer, message, request as bytesFrom, text } from './bytes.ts';
import { expectOk } from './expect-ok.ts';
import { io } from './generated/remote-write-v2.js';
import { readBack } from './oracle.ts';

const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };
const times = fc.oneof(fc.integer({ min: -3, max: 20 }), fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }));

function fingerprint({ labels }: SeriesModel, replicaLabel: string | null): string {
  const all = labels.map(([name, value]) => ({ name, value }));
  const { high, low } = replicaLabel === null ? fingerprintOf(all) : fingerprintOf(all, replicaLabel);
  return `${high} ${low}`;
}

/** The requests that markers of these times, by turns, make. */
function marked(
  { series }: RequestModel,
  { replicaLabel, chosen }: { readonly replicaLabel: string | null; readonly chosen: readonly (number | undefined)[] },
): SeriesModel[] {
  return series.flatMap(({ labels }, index) => {
    const timestamp = chosen[index % chosen.length];
    if (timestamp === undefined) return [];
    return {
      labels: labels.filter(([name]) => name !== replicaLabel),
      samples: [{ value: NaN, timestamp, startTimestamp: 0 }],
      histograms: [],
      exemplars: [],
      metadata: undefined,
    };
  });
}

describe('a request of stale markers', () => {
  const chosenTimes = fc.array(fc.option(times, { nil: undefined }), { minLength: 1, maxLength: 4 });

  it('has the labels of each series chosen, but for the replica, and the marker at its time', () => {
    fc.assert(
      fc.property(
        protocol,
        request,
        fc.constantFrom('__replica__', null),
        chosenTimes,
        (version, model, replicaLabel, chosen) => {
          const bytes = bytesOf(version, model);
          const before = bytes.slice();
          const carried = readBack(version, bytes);
          const asked: string[] = [];
          const markerOf = (high: number, low: number): number | undefined =>
            chosen[(asked.push(`${high} ${low}`) - 1) % chosen.length];
          const result = expectOk(staleMarkers(version, bytes, { replicaLabel, markerOf }));
          const series = marked(carried, { replicaLabel, chosen });
          const stamps = series.flatMap(({ samples }) => samples.map(({ timestamp }) => timestamp));
          expect(asked).toEqual(carried.series.map((one) => fingerprint(one, replicaLabel)));
          expect(bytes).toEqual(before);
          expect(readBack(version, result.body)).toEqual({ series, families: [] });
          expect(result).toMatchObject({
            markers: series.length,
            minTimestampMs: stamps.length === 0 ? undefined : Math.min(...stamps),
            maxTimestampMs: stamps.length === 0 ? undefined : Math.max(...stamps),
          });
          expect(result.body.length > 0).toBe(series.length > 0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is one that a scan takes, with the bits of the marker, of the series that were chosen', () => {
    fc.assert(
      fc.property(protocol, request, times, (version, model, timestampMs) => {
        const chosen: string[] = [];
        const markerOf = (high: number, low: number): number | undefined => {
          if ((low & 1) === 0) return undefined;
          chosen.push(`${high} ${low}`);
          return timestampMs;
        };
        const bytes = bytesOf(version, model);
        const { body } = expectOk(staleMarkers(version, bytes, { replicaLabel: '__replica__', markerOf }));
        const { summary } = expectOk(scan(version, body, LABELS));
        expect(summary).toMatchObject({ series: chosen.length, samples: chosen.length, histograms: 0, exemplars: 0 });
        const samples = expectOk(decode(version, body)).series.flatMap((series) => series.samples);
        expect(samples).toEqual(chosen.map(() => ({ value: NaN, timestampMs, stale: true })));
        const ended: string[] = [];
        const advance = (high: number, low: number): boolean => ended.push(`${high} ${low}`) > 0;
        expectOk(observe(version, body, { replicaLabel: null, series: { advance } }));
        expect(ended).toEqual(chosen);
      }),
      { numRuns: 150 },
    );
  });

  it('has no symbol that is not in use', () => {
    fc.assert(
      fc.property(request, times, (model, timestampMs) => {
        const markerOf = (_high: number, low: number): number | undefined =>
          (low & 1) === 0 ? timestampMs : undefined;
        const { body } = expectOk(staleMarkers('v2', bytesOf('v2', model), { replicaLabel: '__replica__', markerOf }));
        const { symbols, timeseries } = io.prometheus.write.v2.Request.decode(body);
        const used = timeseries.flatMap((series) => [...(series.labelsRefs ?? [])]);
        expect(new Set(used.filter((ref) => ref !== 0)).size).toBe(Math.max(0, symbols.length - 1));
        expect(symbols[0] ?? '').toBe('');
      }),
    );
  });
});

describe('stale markers', () => {
  const label = (name: string, value: string): number[] => message(1, text(1, name), text(2, value));
  const SAMPLE = message(2, fixed64(1, '3ff0000000000000'), integer(2, 1));
  const SYMBOLS = ['', '__replica__', 'a', 'job', 'api'].map((symbol) => text(4, symbol));
  const odd: [string, Protocol, Uint8Array][] = [
    [
      'labels after samples, values before names',
      'v1',
      bytesFrom(
        message(1, SAMPLE, label('__replica__', 'a'), message(1, text(2, 'api'), text(1, 'job'), integer(7, 7))),
      ),
    ],
    [
      'a replica label that is there twice',
      'v1',
      bytesFrom(message(1, label('__replica__', 'a'), label('job', 'api'), label('__replica__', 'b'), SAMPLE)),
    ],
    ['symbols after the series', 'v2', bytesFrom(message(5, SAMPLE, message(1, [1, 2, 3, 4])), ...SYMBOLS)],
    [
      'references in runs and alone',
      'v2',
      bytesFrom(...SYMBOLS, message(5, message(1, [1]), integer(1, 2), SAMPLE, integer(1, 3), message(1, [4]))),
    ],
  ];

  it.each(odd)('are made of a legal layout that no writer uses: %s', (_, version, bytes) => {
    const { body } = expectOk(staleMarkers(version, bytes, { replicaLabel: '__replica__', markerOf: () => 9 }));
    expect(expectOk(decode(version, body)).series).toEqual([
      {
        labels: [{ name: 'job', value: 'api' }],
        samples: [{ value: NaN, timestampMs: 9, stale: true }],
        histogramTimestampsMs: [],
      },
    ]);
  });

  it.each([0.5, NaN, Infinity, 2 ** 53])('are refused at %d, which is no whole number of milliseconds', (time) => {
    const bytes = bytesFrom(message(1, label('job', 'api'), SAMPLE));
    const result = staleMarkers('v1', bytes, { replicaLabel: null, markerOf: () => time });
    expect(result).toMatchObject({ ok: false, problem: { code: 'invalid-timestamp' } });
  });

  it('are not made of a request that breaks off', () => {
    const bytes = bytesFrom(message(1, label('job', 'api'), SAMPLE)).subarray(0, -1);
    const result = staleMarkers('v1', bytes, { replicaLabel: null, markerOf: () => 1 });
    expect(result).toMatchObject({ ok: false, problem: { code: 'malformed' } });
  });
});
