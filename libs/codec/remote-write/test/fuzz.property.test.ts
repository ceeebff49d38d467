import { describe, expect, it } from '@jest/globals';
import { SeriesTable } from '@tandem/series';
import fc from 'fast-check';
import {
  compress,
  declaredLength,
  decode,
  decompress,
  rewrite,
  scan,
  split,
  splitBySize,
  staleMarkers,
  toV1,
  type ItemView,
  type Protocol,
} from '../src/index.ts';
import { damaged, protocol } from './arbitraries.ts';

const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };
const LIMIT = 1 << 20;

/** Bytes in a larger buffer, between others that must not be touched, nor bear on anything. */
function embed(bytes: Uint8Array, around: number): { readonly data: Uint8Array; readonly untouched: () => boolean } {
  const buffer = new Uint8Array(bytes.length + 64).fill(around);
  buffer.set(bytes, 32);
  return {
    data: buffer.subarray(32, 32 + bytes.length),
    untouched: () => [...buffer.subarray(0, 32), ...buffer.subarray(-32)].every((byte) => byte === around),
  };
}

function results(version: Protocol, bytes: Uint8Array): unknown[] {
  const seen: unknown[] = [];
  const table = new SeriesTable();
  const advance = (high: number, low: number, timestampMs: number, item: ItemView): boolean => {
    seen.push([item.value, item.stale, item.monotonic]);
    return table.advance(high, low, timestampMs);
  };
  const markerOf = (_high: number, low: number): number | undefined => ((low & 1) === 0 ? 1 : undefined);
  return [
    seen,
    staleMarkers(version, bytes, { replicaLabel: '__replica__', markerOf }),
    scan(version, bytes, LABELS),
    decode(version, bytes),
    split(version, bytes, { ...LABELS, partitions: 2 }),
    splitBySize(version, bytes, 50),
    version === 'v2' ? toV1(bytes) : undefined,
    rewrite(version, bytes, { replicaLabel: '__replica__', series: { advance } }),
  ];
}

describe('damaged requests', () => {
  it('throw nothing, and are read no further than their end', () => {
    fc.assert(
      fc.property(damaged, ([version, bytes]) => {
        const [zeros, ones] = [embed(bytes, 0), embed(bytes, 0xff)];
        expect(results(version, zeros.data)).toEqual(results(version, ones.data));
        expect(zeros.untouched() && ones.untouched()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('are walked alike by all: what a scan takes, the others take', () => {
    fc.assert(
      fc.property(damaged, ([version, bytes]) => {
        fc.pre(scan(version, bytes, LABELS).ok);
        const failures = results(version, bytes).filter(
          (result) => (result as { ok?: boolean } | undefined)?.ok === false,
        );
        expect(
          failures.filter((failure) => (failure as { problem: { code: string } }).problem.code !== 'too-large'),
        ).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('that stay sound stay sound when rewritten', () => {
    fc.assert(
      fc.property(damaged, ([version, bytes]) => {
        fc.pre(scan(version, bytes, LABELS).ok);
        const rewritten = rewrite(version, bytes, { replicaLabel: '__replica__' });
        const scanned = rewritten.ok && scan(version, rewritten.body, LABELS);
        expect(scanned && scanned.ok && scanned.summary.series).toBe(rewritten.ok && rewritten.keptSeries);
        expect(scanned && scanned.ok && scanned.summary.identity).not.toMatchObject({ replica: expect.any(String) });
      }),
      { numRuns: 500 },
    );
  });

  it('random bytes throw nothing either', () => {
    fc.assert(
      fc.property(protocol, fc.uint8Array({ maxLength: 200 }), (version, bytes) => {
        expect(() => results(version, bytes)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('damaged blocks of snappy', () => {
  const block = fc
    .tuple(
      fc.array(fc.string({ maxLength: 20 })),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
      fc.nat(),
    )
    .map(([texts, damages, cut]) => {
      const bytes = Uint8Array.from(compress(Buffer.from(texts.join('').repeat(3))));
      for (const [where, byte] of damages) bytes[where % bytes.length] = byte;
      return cut % 3 === 0 ? bytes.subarray(0, cut % (bytes.length + 1)) : bytes;
    });

  it('are decoded to what they declare, or refused', () => {
    fc.assert(
      fc.property(block, (bytes) => {
        const result = decompress(bytes, LIMIT);
        const length = declaredLength(bytes);
        expect(result.ok ? result.data.length : length).toBe(length);
        expect(result.ok || ['corrupt-snappy', 'too-large', 'framed-snappy'].includes(result.problem.code)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
