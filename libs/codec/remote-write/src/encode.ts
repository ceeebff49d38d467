import { STALE_MARKER_HIGH, STALE_MARKER_LOW, type Label } from '@tandem/series';
import { type Protocol } from './protocol.ts';
import { SAMPLE, V1, V2 } from './wire/tags.ts';
import { Writer } from './wire/writer.ts';

/** A sample to be sent. */
export interface SampleInput {
  readonly value: number;
  /** Unix ms, a safe integer. */
  readonly timestampMs: number;
  /** Sends the stale marker instead of the value. */
  readonly stale?: boolean;
}

/** A series to be sent: its labels, in any order, and its samples, oldest first. */
export interface SeriesInput {
  readonly labels: readonly Label[];
  readonly samples: readonly SampleInput[];
}

/** The uncompressed body of a request of these series, labels sorted by name. For our own senders and for tests. */
export function encode(protocol: Protocol, series: readonly SeriesInput[]): Uint8Array {
  return protocol === 'v1' ? encodeV1(series) : encodeV2(series);
}

function encodeV1(series: readonly SeriesInput[]): Uint8Array {
  const request = new Writer();
  const message = new Writer();
  const part = new Writer();
  for (const { labels, samples } of series) {
    message.clear();
    for (const { name, value } of sorted(labels)) {
      part.clear();
      part.text(V1.label.name, name);
      part.text(V1.label.value, value);
      message.field(V1.series.label, part.view());
    }
    for (const sample of samples) message.field(V1.series.sample, sampleBytes(part, sample));
    request.field(V1.request.series, message.view());
  }
  return request.take();
}

function encodeV2(series: readonly SeriesInput[]): Uint8Array {
  const symbols = new Map([['', 0]]);
  const messages = new Writer();
  const message = new Writer();
  const part = new Writer();
  for (const { labels, samples } of series) {
    message.clear();
    part.clear();
    for (const { name, value } of sorted(labels)) {
      part.uint32(intern(symbols, name));
      part.uint32(intern(symbols, value));
    }
    message.field(V2.series.refs, part.view());
    for (const sample of samples) message.field(V2.series.sample, sampleBytes(part, sample));
    messages.field(V2.request.series, message.view());
  }
  const request = new Writer();
  for (const symbol of symbols.keys()) request.text(V2.request.symbol, symbol);
  request.span(messages.view(), 0, messages.length);
  return request.take();
}

function intern(symbols: Map<string, number>, text: string): number {
  const known = symbols.get(text);
  if (known !== undefined) return known;
  symbols.set(text, symbols.size);
  return symbols.size - 1;
}

/** The message of a sample, as a view of `part`. */
export function sampleBytes(part: Writer, sample: SampleInput): Uint8Array {
  part.clear();
  part.uint32(SAMPLE.value);
  if (sample.stale === true) part.fixed64(STALE_MARKER_HIGH, STALE_MARKER_LOW);
  else part.double(sample.value);
  part.uint32(SAMPLE.timestamp);
  part.int64(sample.timestampMs);
  return part.view();
}

/** By the code points of the names, as Prometheus sorts. */
function sorted(labels: readonly Label[]): readonly Label[] {
  return labels.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}
