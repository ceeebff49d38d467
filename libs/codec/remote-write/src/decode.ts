import { isStaleMarker, type Label } from '@tandem/series';
import { type Failure } from './problem.ts';
import { type Protocol } from './protocol.ts';
import { FLOAT } from './wire/items.ts';
import { type LabelSpan } from './wire/series-state.ts';
import { textOf } from './wire/text.ts';
import { type Walker, walkOver } from './wire/walker.ts';

/** A float sample as an object. */
export interface DecodedSample {
  /** NaN for a stale marker. */
  readonly value: number;
  /** Unix ms. */
  readonly timestampMs: number;
  readonly stale: boolean;
}

/** A series as an object. */
export interface DecodedSeries {
  /** In the order of the request. */
  readonly labels: readonly Label[];
  readonly samples: readonly DecodedSample[];
  /** The times of its native histograms, Unix ms. */
  readonly histogramTimestampsMs: readonly number[];
}

/** What {@link decode} says. */
export type DecodeResult = { readonly ok: true; readonly series: readonly DecodedSeries[] } | Failure;

/** Decodes a request into objects: many times the cost of a scan. For the demo's sink and for tests. */
export function decode(protocol: Protocol, data: Uint8Array): DecodeResult {
  const options = { clusterLabel: null, replicaLabel: null, checkUtf8: true };
  return walkOver(protocol, data, options, (walker): DecodeResult => {
    const series: DecodedSeries[] = [];
    while (walker.next()) {
      series.push({
        labels: labelsOf(walker),
        samples: samplesOf(walker),
        histogramTimestampsMs: histogramTimesOf(walker),
      });
    }
    return { ok: true, series };
  });
}

function labelsOf(walker: Walker): Label[] {
  const { data } = walker.cursor;
  const span: LabelSpan = { nameFrom: 0, nameTo: 0, valueFrom: 0, valueTo: 0 };
  return Array.from({ length: walker.labelCount() }, (_, index) => {
    walker.readLabel(index, span);
    return { name: textOf(data, span.nameFrom, span.nameTo), value: textOf(data, span.valueFrom, span.valueTo) };
  });
}

function samplesOf(walker: Walker): DecodedSample[] {
  const { items } = walker.series;
  const { view } = walker.cursor;
  const samples: DecodedSample[] = [];
  for (let i = 0; i < items.length; i++) {
    if (items.kind(i) !== FLOAT) continue;
    const at = items.valueAt(i);
    const stale = at >= 0 && isStaleMarker(view.getInt32(at + 4, true), view.getInt32(at, true));
    const value = at < 0 ? 0 : view.getFloat64(at, true);
    samples.push({ value: stale ? NaN : value, timestampMs: items.time(i), stale });
  }
  return samples;
}

function histogramTimesOf(walker: Walker): number[] {
  const { items } = walker.series;
  const times: number[] = [];
  for (let i = 0; i < items.length; i++) {
    if (items.kind(i) !== FLOAT) times.push(items.time(i));
  }
  return times;
}
