/** Tags (field number << 3 | wire type) of the two messages; see `proto/`. */
export const V1 = {
  request: { series: 0x0a, metadata: 0x1a },
  series: { label: 0x0a, sample: 0x12, exemplar: 0x1a, histogram: 0x22 },
  label: { name: 0x0a, value: 0x12 },
} as const;

export const V2 = {
  request: { symbol: 0x22, series: 0x2a },
  series: { refs: 0x0a, unpackedRef: 0x08, sample: 0x12, histogram: 0x1a, exemplar: 0x22, metadata: 0x2a },
  exemplar: { refs: 0x0a, unpackedRef: 0x08 },
  metadata: { type: 0x08, help: 0x18, unit: 0x20 },
} as const;

/** The same fields in both. */
export const SAMPLE = { value: 0x09, timestamp: 0x10 } as const;
export const HISTOGRAM = {
  countInt: 0x08,
  countFloat: 0x11,
  sum: 0x19,
  schema: 0x20,
  resetHint: 0x70,
  timestamp: 0x78,
  /** Start timestamp: field 17, of 2.0 alone. */
  start: 0x88,
  /** The zigzag varint of schema −53, custom buckets: one byte. */
  customBuckets: 0x69,
} as const;

/** Of a native histogram's reset hints, the one that says that it is a gauge. */
export const RESET_HINT_GAUGE = 3;

/** The types of 2.0's metadata. A summary (5) is told by the metric's name, as what is not here is. */
export const METRIC_TYPE = {
  unspecified: 0,
  counter: 1,
  gauge: 2,
  histogram: 3,
  gaugeHistogram: 4,
  info: 6,
  stateSet: 7,
} as const;
