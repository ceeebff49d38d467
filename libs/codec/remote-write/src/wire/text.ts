/** Whether the bytes from `from` up to `to` are exactly those of `text`. */
export function spanIs(data: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  const length = to - from;
  if (length !== text.length) return false;
  for (let i = 0; i < length; i++) {
    if (data[from + i] !== text[i]) return false;
  }
  return true;
}

/** A byte order mark is a character of a label like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a span. */
export function textOf(data: Uint8Array, from: number, to: number): string {
  return decoder.decode(data.subarray(from, to));
}

const encoder = new TextEncoder();
const COUNTER_SUFFIXES = ['_total', '_count', '_sum', '_bucket'].map((suffix) => encoder.encode(suffix));

/** Whether a metric name ends as counters do, and the parts of histograms and summaries that are counters. */
export function endsAsCounter(data: Uint8Array, from: number, to: number): boolean {
  for (const suffix of COUNTER_SUFFIXES) {
    if (to - from >= suffix.length && spanIs(data, to - suffix.length, to, suffix)) return true;
  }
  return false;
}
