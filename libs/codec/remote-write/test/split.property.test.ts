import { describe, expect, it } from '@jest/globals';
import { fingerprintOf, shardOf } from '@tandem/series';
import fc from 'fast-check';
import { scan, split, splitBySize, type GroupKey } from '../src/index.ts';
import { bytesOf, protocol, request, type RequestModel, type SeriesModel } from './arbitraries.ts';
import { expectOk } from './expect-ok.ts';
import { io } from './generated/remote-write-v2.js';
import { labelOf, readBack } from './oracle.ts';

const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };
const PARTITIONS = 3;

function keyOf(series: SeriesModel): GroupKey {
  const cluster = labelOf(series, 'cluster');
  const replica = labelOf(series, '__replica__');
  if (cluster !== undefined && replica !== undefined) return { kind: 'pair', cluster, replica };
  const labels = series.labels.map(([name, value]) => ({ name, value }));
  return { kind: 'series', partition: (fingerprintOf(labels, '__replica__').low >>> 0) % PARTITIONS };
}

/** The groups a request should be split into, in order. */
function groupsOf(model: RequestModel): Map<string, SeriesModel[]> {
  const groups = new Map<string, SeriesModel[]>();
  for (const series of model.series) {
    const key = JSON.stringify(keyOf(series));
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  return groups;
}

/** The series of some bodies, in no order that means anything. */
function seriesOf(version: Parameters<typeof bytesOf>[0], parts: readonly { readonly body: Uint8Array }[]): string[] {
  return parts.flatMap(({ body }) => readBack(version, body).series.map((series) => JSON.stringify(series))).sort();
}

describe('a split', () => {
  it('puts each series whole into the group of its cluster and replica, or of its partition, in order', () => {
    fc.assert(
      fc.property(protocol, request, (version, model) => {
        const bytes = bytesOf(version, model);
        const carried = readBack(version, bytes);
        const { groups } = expectOk(split(version, bytes, { ...LABELS, partitions: PARTITIONS }));
        const ofSeries = groups.filter(({ key }) => key.kind !== 'metadata');
        const found = ofSeries.map(({ key, body }) => [JSON.stringify(key), readBack(version, body).series] as const);
        expect(found).toEqual([...groupsOf(carried)]);
        const metadata = groups.filter(({ key }) => key.kind === 'metadata');
        expect(metadata.flatMap(({ body }) => readBack(version, body).families)).toEqual(carried.families);
        for (const { body, summary } of groups) {
          expect(summary).toEqual(expectOk(scan(version, body, LABELS)).summary);
          expect(summary.series + summary.metadata).toBeGreaterThan(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('leaves no symbol in a 2.0 group that is not in use', () => {
    fc.assert(
      fc.property(request, (model) => {
        const { groups } = expectOk(split('v2', bytesOf('v2', model), { ...LABELS, partitions: PARTITIONS }));
        for (const { body } of groups) {
          const { symbols, timeseries } = io.prometheus.write.v2.Request.decode(body);
          const used = timeseries.flatMap((series) => [
            ...(series.labelsRefs ?? []),
            ...(series.exemplars ?? []).flatMap((exemplar) => exemplar.labelsRefs ?? []),
            series.metadata?.helpRef ?? 0,
            series.metadata?.unitRef ?? 0,
          ]);
          expect(symbols[0]).toBe('');
          expect(new Set([0, ...used]).size).toBe(symbols.length);
        }
      }),
    );
  });

  it('puts each series of a spread cluster into the shard of its fingerprint, the same for every replica', () => {
    fc.assert(
      fc.property(protocol, request, fc.constantFrom(2, 4, 16), (version, model, shards) => {
        const bytes = bytesOf(version, model);
        const options = { ...LABELS, partitions: PARTITIONS, shardsOf: () => shards };
        const { groups } = expectOk(split(version, bytes, options));
        const paired = groups.flatMap(({ key, body }) => (key.kind === 'pair' ? [{ key, body }] : []));
        for (const { key, body } of paired) {
          for (const { labels } of readBack(version, body).series) {
            const named = labels.map(([name, value]) => ({ name, value }));
            const ofOther = named.map((label) => (label.name === '__replica__' ? { ...label, value: 'other' } : label));
            expect(key.shard).toBe(shardOf(fingerprintOf(named, '__replica__'), shards));
            expect(key.shard).toBe(shardOf(fingerprintOf(ofOther, '__replica__'), shards));
          }
        }
        const unspread = expectOk(split(version, bytes, { ...LABELS, partitions: PARTITIONS })).groups;
        expect(seriesOf(version, paired)).toEqual(
          seriesOf(
            version,
            unspread.filter(({ key }) => key.kind === 'pair'),
          ),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('refuses to make more groups than it may', () => {
    fc.assert(
      fc.property(protocol, request, (version, model) => {
        const bytes = bytesOf(version, model);
        const groups = groupsOf(readBack(version, bytes)).size;
        const result = split(version, bytes, { ...LABELS, partitions: PARTITIONS, maxGroups: 1 });
        expect(result.ok ? 'ok' : result.problem.code).toBe(groups > 1 ? 'too-many-groups' : 'ok');
      }),
    );
  });
});

describe('a split by size', () => {
  it('gives bodies within the limit that together are the request, or says that one series is too large', () => {
    fc.assert(
      fc.property(protocol, request, fc.integer({ min: 1, max: 600 }), (version, model, maxBytes) => {
        const bytes = bytesOf(version, model);
        const result = splitBySize(version, bytes, maxBytes);
        const expected = readBack(version, bytes);
        const bodies = result.ok ? result.bodies : [];
        const parts = bodies.map((body) => readBack(version, body));
        expect(bodies.every((body) => body.length <= maxBytes)).toBe(true);
        expect(result.ok ? parts.flatMap(({ series }) => series) : expected.series).toEqual(expected.series);
        expect(result.ok ? parts.flatMap(({ families }) => families) : expected.families).toEqual(expected.families);
        expect(result.ok || result.problem.code === 'too-large').toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('succeeds whenever each series would fit alone', () => {
    fc.assert(
      fc.property(protocol, request, (version, model) => {
        const alone = model.series.map((series) => bytesOf(version, { series: [series], families: [] }).length);
        const records = model.families.map((family) => bytesOf(version, { series: [], families: [family] }).length);
        const maxBytes = Math.max(1, ...alone, ...records);
        expectOk(splitBySize(version, bytesOf(version, model), maxBytes));
      }),
    );
  });
});
