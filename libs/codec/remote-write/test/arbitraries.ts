import fc from 'fast-check';
import { prometheus as v1 } from './generated/remote-write-v1.js';
import { io } from './generated/remote-write-v2.js';
import { type Protocol } from '../src/index.ts';

const v2 = io.prometheus.write.v2;

/** A label as name and value. */
export type Pair = readonly [string, string];

/** A series in the terms of neither protocol. */
export interface SeriesModel {
  readonly labels: readonly Pair[];
  readonly samples: readonly { readonly value: number; readonly timestamp: number; readonly startTimestamp: number }[];
  readonly histograms: readonly HistogramModel[];
  readonly exemplars: readonly ExemplarModel[];
  readonly metadata: { readonly type: number; readonly help: string; readonly unit: string } | undefined;
}

/** A native histogram: enough of it to see that it goes through whole. */
export interface HistogramModel {
  readonly countInt: number;
  readonly sum: number;
  readonly schema: number;
  readonly positiveSpans: readonly { readonly offset: number; readonly length: number }[];
  readonly positiveDeltas: readonly number[];
  readonly timestamp: number;
  readonly startTimestamp: number;
}

export interface ExemplarModel {
  readonly labels: readonly Pair[];
  readonly value: number;
  readonly timestamp: number;
}

/** Family-level metadata of 1.0. */
export interface FamilyModel {
  readonly type: number;
  readonly metricFamilyName: string;
  readonly help: string;
}

export interface RequestModel {
  readonly series: readonly SeriesModel[];
  readonly families: readonly FamilyModel[];
}

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'job', 'api', 'up', 'cluster', 'eu', '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.string({ minLength: 120, maxLength: 140 }) },
);
const name = fc.oneof(fc.constantFrom('__name__', 'job', 'instance', 'pod'), text);
const pair: fc.Arbitrary<Pair> = fc.tuple(name, text);
const timestamp = fc.oneof(fc.integer({ min: -3, max: 20 }), fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }));
const value = fc.oneof(fc.constantFrom(0, -0, 1), fc.double({ noNaN: true }));

const histogram: fc.Arbitrary<HistogramModel> = fc.record({
  countInt: fc.maxSafeNat(),
  sum: value,
  schema: fc.constantFrom(-53, -4, 0, 3, 8),
  positiveSpans: fc.array(fc.record({ offset: fc.integer(), length: fc.nat() }), { maxLength: 3 }),
  positiveDeltas: fc.array(fc.maxSafeInteger(), { maxLength: 4 }),
  timestamp,
  startTimestamp: timestamp,
});

const series: fc.Arbitrary<SeriesModel> = fc.record({
  labels: fc
    .tuple(
      fc.uniqueArray(pair, { selector: ([key]) => key, maxLength: 6 }),
      fc.option(fc.constantFrom('eu', 'us', ''), { nil: undefined }),
      fc.option(fc.constantFrom('a', 'b', ''), { nil: undefined }),
    )
    .chain(([others, cluster, replica]) => {
      const labels = others.filter(([key]) => key !== 'cluster' && key !== '__replica__');
      if (cluster !== undefined) labels.push(['cluster', cluster]);
      if (replica !== undefined) labels.push(['__replica__', replica]);
      return fc.shuffledSubarray(labels, { minLength: labels.length, maxLength: labels.length });
    }),
  samples: fc.array(fc.record({ value, timestamp, startTimestamp: timestamp }), { maxLength: 4 }),
  histograms: fc.array(histogram, { maxLength: 2 }),
  exemplars: fc.array(fc.record({ labels: fc.array(pair, { maxLength: 2 }), value, timestamp }), { maxLength: 2 }),
  metadata: fc.option(fc.record({ type: fc.nat(7), help: text, unit: text }), { nil: undefined }),
});

/** Requests with everything in them, the replica's labels among it. */
export const request: fc.Arbitrary<RequestModel> = fc.record({
  series: fc.array(series, { maxLength: 6 }),
  families: fc.array(fc.record({ type: fc.nat(7), metricFamilyName: text, help: text }), { maxLength: 2 }),
});

export const protocol: fc.Arbitrary<Protocol> = fc.constantFrom('v1', 'v2');

/** The bytes of a request, by protobufjs. What a protocol has no place for is left out. */
export function bytesOf(protocolOfBytes: Protocol, model: RequestModel): Uint8Array {
  return Uint8Array.from(protocolOfBytes === 'v1' ? bytesV1(model) : bytesV2(model));
}

const toLabels = (pairs: readonly Pair[]): { name: string; value: string }[] =>
  pairs.map(([key, text]) => ({ name: key, value: text }));

function bytesV1(model: RequestModel): Uint8Array {
  return v1.WriteRequest.encode({
    timeseries: model.series.map(({ labels, samples, histograms, exemplars }) => ({
      labels: toLabels(labels),
      samples: samples.map(({ value: number, timestamp: time }) => ({ value: number, timestamp: time })),
      histograms: histograms.map(histogramV1),
      exemplars: exemplars.map((exemplar) => ({ ...exemplar, labels: toLabels(exemplar.labels) })),
    })),
    metadata: model.families.map((family) => ({ ...family })),
  }).finish();
}

/** A histogram in the terms of protobufjs, of the fields that both protocols have. */
function histogramV1(model: HistogramModel): {
  countInt: number;
  sum: number;
  schema: number;
  timestamp: number;
  positiveSpans: { offset: number; length: number }[];
  positiveDeltas: number[];
} {
  const { countInt, sum, schema, timestamp: time } = model;
  return {
    countInt,
    sum,
    schema,
    timestamp: time,
    positiveSpans: model.positiveSpans.map((span) => ({ ...span })),
    positiveDeltas: [...model.positiveDeltas],
  };
}

function bytesV2(model: RequestModel): Uint8Array {
  const symbols = [''];
  const intern = (symbol: string): number => {
    const known = symbols.indexOf(symbol);
    return known >= 0 ? known : symbols.push(symbol) - 1;
  };
  const refs = (pairs: readonly Pair[]): number[] => pairs.flatMap(([key, text]) => [intern(key), intern(text)]);
  const timeseries = model.series.map(({ labels, samples, histograms, exemplars, metadata }) => ({
    labelsRefs: refs(labels),
    samples: samples.map((sample) => ({ ...sample })),
    histograms: histograms.map((one) => ({ ...histogramV1(one), startTimestamp: one.startTimestamp })),
    exemplars: exemplars.map((exemplar) => ({
      value: exemplar.value,
      timestamp: exemplar.timestamp,
      labelsRefs: refs(exemplar.labels),
    })),
    ...(metadata === undefined
      ? {}
      : { metadata: { type: metadata.type, helpRef: intern(metadata.help), unitRef: intern(metadata.unit) } }),
  }));
  return v2.Request.encode({ symbols, timeseries }).finish();
}

/** A request, damaged: bytes changed, put in, taken out, cut off. */
export const damaged = fc
  .tuple(
    protocol,
    request,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('set', 'insert', 'remove', 'cut'), fc.nat(255)), { maxLength: 4 }),
  )
  .map(([version, model, damages]) => {
    const bytes = [...bytesOf(version, model)];
    for (const [where, how, byte] of damages) {
      const at = where % (bytes.length + 1);
      if (how === 'cut') bytes.length = at;
      else bytes.splice(at, how === 'insert' ? 0 : 1, ...(how === 'remove' ? [] : [byte]));
    }
    return [version, Uint8Array.from(bytes)] as const;
  });
