import { type Protocol } from '../src/index.ts';
import {
  type FamilyModel,
  type HistogramModel,
  type Pair,
  type RequestModel,
  type SeriesModel,
} from './arbitraries.ts';
import { prometheus as v1 } from './generated/remote-write-v1.js';
import { io } from './generated/remote-write-v2.js';

const v2 = io.prometheus.write.v2;

/** Reads a request with protobufjs, back into the terms of neither protocol. */
export function readBack(protocol: Protocol, bytes: Uint8Array): RequestModel {
  return protocol === 'v1' ? readV1(bytes) : readV2(bytes);
}

type Raw = Record<string, unknown>;
const list = (value: unknown): readonly Raw[] => (value ?? []) as readonly Raw[];
const number = (value: unknown): number => Number(value ?? 0);
const text = (value: unknown): string => (value ?? '') as string;

function readV1(bytes: Uint8Array): RequestModel {
  const message = v1.WriteRequest.toObject(v1.WriteRequest.decode(bytes), { longs: Number });
  return {
    series: list(message['timeseries']).map((series) => ({
      labels: pairsOf(list(series['labels'])),
      ...timed(series),
      exemplars: list(series['exemplars']).map((exemplar) => ({
        labels: pairsOf(list(exemplar['labels'])),
        value: number(exemplar['value']),
        timestamp: number(exemplar['timestamp']),
      })),
      metadata: undefined,
    })),
    families: list(message['metadata']).map(familyOf),
  };
}

function readV2(bytes: Uint8Array): RequestModel {
  const message = v2.Request.toObject(v2.Request.decode(bytes), { longs: Number });
  const symbols = (message['symbols'] ?? []) as readonly string[];
  const symbol = (ref: unknown): string => {
    const found = symbols[number(ref)];
    if (found === undefined && number(ref) !== 0) throw new Error(`reference ${String(ref)} out of range`);
    return found ?? '';
  };
  const labelsOf = (refs: unknown): Pair[] => {
    const all = (refs ?? []) as readonly number[];
    return Array.from({ length: all.length / 2 }, (_, i) => [symbol(all[i * 2]), symbol(all[i * 2 + 1])] as const);
  };
  return {
    series: list(message['timeseries']).map((series) => {
      const metadata = series['metadata'] as Raw | undefined;
      return {
        labels: labelsOf(series['labelsRefs']),
        ...timed(series),
        exemplars: list(series['exemplars']).map((exemplar) => ({
          labels: labelsOf(exemplar['labelsRefs']),
          value: number(exemplar['value']),
          timestamp: number(exemplar['timestamp']),
        })),
        metadata: metadata && {
          type: number(metadata['type']),
          help: symbol(metadata['helpRef']),
          unit: symbol(metadata['unitRef']),
        },
      };
    }),
    families: [],
  };
}

function pairsOf(labels: readonly Raw[]): Pair[] {
  return labels.map((label) => [text(label['name']), text(label['value'])] as const);
}

function timed(series: Raw): Pick<SeriesModel, 'samples' | 'histograms'> {
  return {
    samples: list(series['samples']).map((sample) => ({
      value: number(sample['value']),
      timestamp: number(sample['timestamp']),
      startTimestamp: number(sample['startTimestamp']),
    })),
    histograms: list(series['histograms']).map(histogramOf),
  };
}

function histogramOf(raw: Raw): HistogramModel {
  return {
    countInt: number(raw['countInt']),
    sum: number(raw['sum']),
    schema: number(raw['schema']),
    positiveSpans: list(raw['positiveSpans']).map((span) => ({
      offset: number(span['offset']),
      length: number(span['length']),
    })),
    positiveDeltas: [...((raw['positiveDeltas'] ?? []) as readonly number[])],
    timestamp: number(raw['timestamp']),
    startTimestamp: number(raw['startTimestamp']),
  };
}

function familyOf(raw: Raw): FamilyModel {
  return {
    type: number(raw['type']),
    metricFamilyName: text(raw['metricFamilyName']),
    help: text(raw['help']),
  };
}

/** A request as the oracle gives it back: without what the protocol has no place for. */
export function asCarried(protocol: Protocol, model: RequestModel): RequestModel {
  if (protocol === 'v2') return { series: model.series, families: [] };
  return {
    families: model.families,
    series: model.series.map((series) => ({
      ...series,
      metadata: undefined,
      samples: series.samples.map((sample) => ({ ...sample, startTimestamp: 0 })),
      histograms: series.histograms.map((histogram) => ({ ...histogram, startTimestamp: 0 })),
    })),
  };
}

/** The cluster or the replica of a series; an empty one is none. */
export function labelOf(series: SeriesModel, name: string): string | undefined {
  const value = series.labels.find(([key]) => key === name)?.[1];
  return value === '' ? undefined : value;
}

/** Times of all samples and histograms. */
export function timesOf(series: SeriesModel): readonly number[] {
  return [...series.samples, ...series.histograms].map(({ timestamp }) => timestamp);
}
