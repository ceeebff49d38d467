import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decode, scan, type Identity, type Summary } from '../src/index.ts';
import { bytesOf, protocol, request, type RequestModel, type SeriesModel } from './arbitraries.ts';
import { expectOk } from './expect-ok.ts';
import { asCarried, labelOf, readBack, timesOf } from './oracle.ts';

const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };

const sum = (model: RequestModel, count: (series: SeriesModel) => number): number =>
  model.series.reduce((total, series) => total + count(series), 0);

function identityOf(model: RequestModel): Identity {
  const pairs = model.series.map((series) => [labelOf(series, 'cluster'), labelOf(series, '__replica__')] as const);
  const [first] = pairs;
  if (pairs.some(([cluster, replica]) => cluster !== first?.[0] || replica !== first?.[1])) return { kind: 'mixed' };
  return { kind: 'uniform', cluster: first?.[0], replica: first?.[1] };
}

const isTarget = (series: SeriesModel): boolean => labelOf(series, '__name__') === 'up';

const isDown = (series: SeriesModel): boolean => isTarget(series) && series.samples.some(({ value }) => value === 0);

function summaryOf(model: RequestModel): Omit<Summary, 'downTargets'> {
  const times = model.series.flatMap(timesOf);
  return {
    series: model.series.length,
    samples: sum(model, (series) => series.samples.length),
    histograms: sum(model, (series) => series.histograms.length),
    exemplars: sum(model, (series) => series.exemplars.length),
    metadata: model.families.length + sum(model, (series) => (series.metadata === undefined ? 0 : 1)),
    minTimestampMs: times.length === 0 ? undefined : Math.min(...times),
    maxTimestampMs: times.length === 0 ? undefined : Math.max(...times),
    identity: identityOf(model),
    upSamples: sum(model, (series) => (isTarget(series) ? series.samples.length : 0)),
    downSamples: sum(model, (series) =>
      isTarget(series) ? series.samples.filter(({ value }) => value === 0).length : 0,
    ),
  };
}

describe('a scan', () => {
  it('counts what the oracle reads, and finds its times, identity and down targets', () => {
    fc.assert(
      fc.property(protocol, request, (version, model) => {
        const bytes = bytesOf(version, model);
        const carried = readBack(version, bytes);
        expect(carried).toEqual(asCarried(version, model));
        const { downTargets, ...summary } = expectOk(scan(version, bytes, LABELS)).summary;
        expect(summary).toEqual(summaryOf(carried));
        const down = carried.series
          .filter(isDown)
          .map((s) => JSON.stringify([labelOf(s, 'job'), labelOf(s, 'instance')]));
        expect(downTargets).toHaveLength(new Set(down).size);
      }),
      { numRuns: 200 },
    );
  });
});

describe('decoding', () => {
  it('gives the labels and samples that the oracle gives', () => {
    fc.assert(
      fc.property(protocol, request, (version, model) => {
        const bytes = bytesOf(version, model);
        expect(expectOk(decode(version, bytes)).series).toEqual(
          readBack(version, bytes).series.map(({ labels, samples, histograms }) => ({
            labels: labels.map(([name, value]) => ({ name, value })),
            samples: samples.map(({ value, timestamp }) => ({ value, timestampMs: timestamp, stale: false })),
            histogramTimestampsMs: histograms.map(({ timestamp }) => timestamp),
          })),
        );
      }),
    );
  });
});
