export { fingerprintOf, LabelHasher, toHex, type Fingerprint } from './fingerprint.ts';
export { type Label } from './label.ts';
export { type SampleList } from './sample-list.ts';
export { MAX_SHARDS, shardOf } from './shard.ts';
export { SeriesTable, type SampleOrder, type SeriesTableOptions } from './series-table.ts';
export { isStaleMarker, STALE_MARKER_HIGH, STALE_MARKER_LOW } from './stale-marker.ts';
